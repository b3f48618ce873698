"""What Svar says in Norwegian, bokmål."""

from monitor.messages.phrases import Phrases, Plural

NORWEGIAN = Phrases(
    thousands="\u00a0",
    weekdays=("man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn."),
    months=(
        *("jan.", "feb.", "mars", "april", "mai", "juni"),
        *("juli", "aug.", "sep.", "okt.", "nov.", "des."),
    ),
    day="{weekday} {day}. {month}",
    time="%H:%M",
    moment="{day} kl. {time}",
    minutes=Plural("{n} minutt", "{n} minutter"),
    hours=Plural("{n} time", "{n} timer"),
    days=Plural("{n} dag", "{n} dager"),
    working_hours=Plural("{n} arbeidstime", "{n} arbeidstimer"),
    working_days=Plural("{n} arbeidsdag", "{n} arbeidsdager"),
    under_an_hour="mindre enn en time",
    ours=Plural("vår frist på {promise}", "våre {promise}"),
    ours_unnamed="vår frist",
    promised_unnamed="det vi har lovet",
    up=Plural("{ours} går ut {due}", "{ours} går ut {due}"),
    passed=Plural("{ours} er gått ut.", "{ours} er gått."),
    passed_for=Plural(
        "For {n} av dem er {ours} gått ut.", "For {n} av dem er {ours} gått."
    ),
    morning="God morgen",
    afternoon="God ettermiddag",
    evening="God kveld",
    headline_answer=Plural(
        "{n} person på dagens liste venter på svar fra deg.",
        "{n} personer på dagens liste venter på svar fra deg.",
    ),
    headline_decision=Plural(
        "{n} person på dagens liste venter på din avgjørelse.",
        "{n} personer på dagens liste venter på din avgjørelse.",
    ),
    headline_colleague=Plural(
        "{n} person på dagens liste venter på en kollega.",
        "{n} personer på dagens liste venter på en kollega.",
    ),
    advice=(
        "Rekruttereren kan svare så snart du har bestemt deg; "
        "et ja, et nei eller et spørsmål er nok."
    ),
    mine="Etter fristen vår",
    soon="Nærmer seg fristen",
    theirs="Venter på en kollega",
    people=Plural("{n} person", "{n} personer"),
    open_one="Åpne",
    open_all="Åpne alle {n}",
    more="og {n} til",
    wait_unknown="har ventet siden {since}",
    answered="fikk svar {when}",
    decided="avgjort {when}",
    on_time="{done}, innenfor {ours}",
    late="{done}, {late} etter {ours}",
    closed="avsluttet {when}",
    waived="svar ikke nødvendig, {when}",
    obsolete="gjelder ikke lenger",
    settled_since="{n} av {total} er avklart siden.",
    public=Plural(
        "{n} av disse går til ledernes kanal neste arbeidsdag, "
        "som et antall uten navn, hvis det ikke er avklart før.",
        "{n} av disse går til ledernes kanal neste arbeidsdag, "
        "som et antall uten navn, hvis det ikke er avklart før.",
    ),
    channel_late=Plural(
        "{n} kandidat har ventet lenger enn vi har lovet.",
        "{n} kandidater har ventet lenger enn vi har lovet.",
    ),
    channel_soon=Plural(
        "{n} kandidat venter på svar, og fristen er nær.",
        "{n} kandidater venter på svar, og fristen er nær.",
    ),
    channel_row="{title}: {n} venter fortsatt. {where}.",
    channel_settled="avklart",
    no_department="uten avdeling",
    more_places="{where} og {n} til",
    stands_in="Med det som venter på {names}, som ikke kan nås nå.",
    unreachable=(
        "De ansvarlige kunne ikke nås i Slack; `svar doctor` viser hvem det er."
    ),
    someone="En kandidat",
    about=" om {job}",
    asks_answer="{who} venter på svar fra deg{about}.",
    asks_decision="{who} venter på din avgjørelse{about}.",
    awaits_answer="{who} venter på svar{about}.",
    awaits_decision="{who} venter på en avgjørelse{about}.",
    still="Venter fortsatt, nå i {waited}.",
    held=Plural(
        "{n} varsel fra {rule} i {source} ville blitt lukket på én gang.",
        "{n} varsler fra {rule} i {source} ville blitt lukket på én gang.",
    ),
    held_how=(
        "De holdes åpne inntil videre, for en så stor endring er ofte en feil. "
        "Tre like avlesninger på rad lukker dem; "
        "`svar alerts confirm {rule}` gjør det med en gang."
    ),
    silent="Kilden {source} har vært stille i {waited}.",
    silent_how=(
        "Påminnelsene venter til den svarer igjen; ingenting går tapt. "
        "Siste gode avlesning: {when}. `svar doctor` sier mer."
    ),
    erased="Det denne meldingen handlet om, er slettet.",
    week_empty="Ingen søknader ennå.",
    week_heard="{share} av kandidatene hørte fra oss innen {promise}.",
    week_kept="{share} av løftene våre ble holdt.",
    week_all="Av alle løfter ble {share} holdt: {counted}",
    week_few="For få løfter forfalt til å si hvor mange som ble holdt.",
    week_cases=Plural(
        "{kept} av {n} de siste {days} dagene.", "{kept} av {n} de siste {days} dagene."
    ),
    week_better=Plural(
        "Det er {n} prosentpoeng mer enn for {weeks} siden ({day}).",
        "Det er {n} prosentpoeng mer enn for {weeks} siden ({day}).",
    ),
    week_worse=Plural(
        "Det er {n} prosentpoeng mindre enn for {weeks} siden ({day}).",
        "Det er {n} prosentpoeng mindre enn for {weeks} siden ({day}).",
    ),
    week_same="Det er like mange som for {weeks} siden ({day}).",
    week_late=Plural(
        "{n} person har ventet lenger enn vi har lovet: {whom}.",
        "{n} personer har ventet lenger enn vi har lovet: {whom}.",
    ),
    week_nobody="Ingen har ventet lenger enn vi har lovet.",
    weeks=Plural("{n} uke", "{n} uker"),
    on_recruiter="{n} på en rekrutterer",
    on_manager="{n} på en leder",
    on_candidate="{n} der turen er kandidatens",
    on_nobody="{n} der turen er ingens",
    on_unknown="{n} på noen vi ikke vet hvem er",
    week_promises="Løfte for løfte",
    week_promise="{title}: {share} ({kept} av {cases})",
    week_promise_before="{promise}, {before} for {weeks} siden",
    week_jobs="Stillinger der flest venter for lenge",
    week_no_title="en stilling uten tittel",
    week_edits="Endret i reglene",
    edit_added="lagt til",
    edit_removed="fjernet",
    edit_switched_on="slått på",
    edit_switched_off="slått av",
    edit_reworded="bare ordlyden",
    week_silent="Ingen tall fra {source}: kilden har vært stille siden {when}.",
    week_note="Per {when}. Bare antall; `svar report` viser mer.",
)
