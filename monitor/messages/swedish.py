"""What Svar says in Swedish."""

from monitor.messages.phrases import Phrases, Plural

SWEDISH = Phrases(
    thousands="\u00a0",
    weekdays=("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    months=(
        *("jan.", "feb.", "mars", "april", "maj", "juni"),
        *("juli", "aug.", "sep.", "okt.", "nov.", "dec."),
    ),
    day="{weekday} {day} {month}",
    time="%H:%M",
    moment="{day} kl. {time}",
    minutes=Plural("{n} minut", "{n} minuter"),
    hours=Plural("{n} timme", "{n} timmar"),
    days=Plural("{n} dag", "{n} dagar"),
    working_hours=Plural("{n} arbetstimme", "{n} arbetstimmar"),
    working_days=Plural("{n} arbetsdag", "{n} arbetsdagar"),
    under_an_hour="mindre än en timme",
    ours=Plural("vår frist på {promise}", "våra {promise}"),
    ours_unnamed="vår frist",
    promised_unnamed="det vi har lovat",
    up=Plural("{ours} går ut {due}", "{ours} går ut {due}"),
    passed=Plural("{ours} har gått ut.", "{ours} har gått."),
    passed_for=Plural(
        "För {n} av dem har {ours} gått ut.", "För {n} av dem har {ours} gått."
    ),
    morning="God morgon",
    afternoon="God eftermiddag",
    evening="God kväll",
    headline_answer=Plural(
        "{n} person på dagens lista väntar på svar från dig.",
        "{n} personer på dagens lista väntar på svar från dig.",
    ),
    headline_decision=Plural(
        "{n} person på dagens lista väntar på ditt beslut.",
        "{n} personer på dagens lista väntar på ditt beslut.",
    ),
    headline_colleague=Plural(
        "{n} person på dagens lista väntar på en kollega.",
        "{n} personer på dagens lista väntar på en kollega.",
    ),
    advice=(
        "Rekryteraren kan svara så snart du har bestämt dig; "
        "ett ja, ett nej eller en fråga räcker."
    ),
    mine="Efter vår frist",
    soon="Närmar sig fristen",
    theirs="Väntar på en kollega",
    people=Plural("{n} person", "{n} personer"),
    open_one="Öppna",
    open_all="Öppna alla {n}",
    more="och {n} till",
    wait_unknown="har väntat sedan {since}",
    answered="fick svar {when}",
    decided="avgjort {when}",
    on_time="{done}, inom {ours}",
    late="{done}, {late} efter {ours}",
    closed="avslutat {when}",
    waived="svar behövs inte, {when}",
    obsolete="gäller inte längre",
    settled_since="{n} av {total} avklarade sedan dess.",
    public=Plural(
        "{n} av dessa går till ledarnas kanal nästa arbetsdag, "
        "som ett antal utan namn, om det inte är avklarat innan dess.",
        "{n} av dessa går till ledarnas kanal nästa arbetsdag, "
        "som ett antal utan namn, om det inte är avklarat innan dess.",
    ),
    channel_late=Plural(
        "{n} kandidat har väntat längre än vi har lovat.",
        "{n} kandidater har väntat längre än vi har lovat.",
    ),
    channel_soon=Plural(
        "{n} kandidat väntar på svar, och fristen är nära.",
        "{n} kandidater väntar på svar, och fristen är nära.",
    ),
    channel_row="{title}: {n} väntar fortfarande. {where}.",
    channel_settled="avklarat",
    no_department="utan avdelning",
    more_places="{where} och {n} till",
    stands_in="Med det som väntar på {names}, som inte kan nås nu.",
    unreachable=(
        "De ansvariga gick inte att nå i Slack; `svar doctor` visar vilka de är."
    ),
    someone="En kandidat",
    about=" om {job}",
    asks_answer="{who} väntar på svar från dig{about}.",
    asks_decision="{who} väntar på ditt beslut{about}.",
    awaits_answer="{who} väntar på svar{about}.",
    awaits_decision="{who} väntar på ett beslut{about}.",
    still="Väntar fortfarande, nu i {waited}.",
    held=Plural(
        "{n} larm från {rule} i {source} skulle stängas på en gång.",
        "{n} larm från {rule} i {source} skulle stängas på en gång.",
    ),
    held_how=(
        "De hålls öppna tills vidare, för en så stor ändring är ofta ett misstag. "
        "Tre likadana avläsningar i rad stänger dem; "
        "`svar alerts confirm {rule}` gör det direkt."
    ),
    silent="Källan {source} har varit tyst i {waited}.",
    silent_how=(
        "Påminnelserna väntar tills den svarar igen; inget går förlorat. "
        "Senaste lyckade avläsning: {when}. `svar doctor` säger mer."
    ),
    erased="Det som meddelandet handlade om har raderats.",
    week_empty="Inga ansökningar ännu.",
    week_heard="{share} av kandidaterna hörde något från oss inom {promise}.",
    week_kept="{share} av våra löften hölls.",
    week_all="Av alla löften hölls {share}: {counted}",
    week_few="För få löften förföll för att säga hur många som hölls.",
    week_cases=Plural(
        "{kept} av {n} de senaste {days} dagarna.",
        "{kept} av {n} de senaste {days} dagarna.",
    ),
    week_better=Plural(
        "Det är {n} procentenhet mer än för {weeks} sedan ({day}).",
        "Det är {n} procentenheter mer än för {weeks} sedan ({day}).",
    ),
    week_worse=Plural(
        "Det är {n} procentenhet mindre än för {weeks} sedan ({day}).",
        "Det är {n} procentenheter mindre än för {weeks} sedan ({day}).",
    ),
    week_same="Det är lika många som för {weeks} sedan ({day}).",
    week_late=Plural(
        "{n} person har väntat längre än vi har lovat: {whom}.",
        "{n} personer har väntat längre än vi har lovat: {whom}.",
    ),
    week_nobody="Ingen har väntat längre än vi har lovat.",
    weeks=Plural("{n} vecka", "{n} veckor"),
    on_recruiter="{n} på en rekryterare",
    on_manager="{n} på en chef",
    on_candidate="{n} där turen är kandidatens",
    on_nobody="{n} där turen är ingens",
    on_unknown="{n} på någon vi inte vet vem det är",
    week_promises="Löfte för löfte",
    week_promise="{title}: {share} ({kept} av {cases})",
    week_promise_before="{promise}, {before} för {weeks} sedan",
    week_jobs="Tjänster där flest väntar för länge",
    week_no_title="en tjänst utan titel",
    week_edits="Ändrat i reglerna",
    edit_added="tillagd",
    edit_removed="borttagen",
    edit_switched_on="påslagen",
    edit_switched_off="avslagen",
    edit_reworded="bara ordalydelsen",
    week_silent="Inga siffror från {source}: källan har varit tyst sedan {when}.",
    week_note="Per {when}. Bara antal; `svar report` visar mer.",
)
