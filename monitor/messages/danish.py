"""What Svar says in Danish."""

from monitor.messages.phrases import Phrases, Plural

DANISH = Phrases(
    thousands=".",
    weekdays=("man.", "tirs.", "ons.", "tors.", "fre.", "lør.", "søn."),
    months=(
        *("jan.", "feb.", "marts", "april", "maj", "juni"),
        *("juli", "aug.", "sep.", "okt.", "nov.", "dec."),
    ),
    day="{weekday} {day}. {month}",
    time="%H.%M",
    moment="{day} kl. {time}",
    minutes=Plural("{n} minut", "{n} minutter"),
    hours=Plural("{n} time", "{n} timer"),
    days=Plural("{n} dag", "{n} dage"),
    working_hours=Plural("{n} arbejdstime", "{n} arbejdstimer"),
    working_days=Plural("{n} arbejdsdag", "{n} arbejdsdage"),
    under_an_hour="mindre end en time",
    ours=Plural("vores frist på {promise}", "vores {promise}"),
    ours_unnamed="vores frist",
    promised_unnamed="det, vi har lovet",
    up=Plural("{ours} udløber {due}", "{ours} udløber {due}"),
    passed=Plural("{ours} er udløbet.", "{ours} er gået."),
    passed_for=Plural(
        "For {n} af dem er {ours} udløbet.", "For {n} af dem er {ours} gået."
    ),
    morning="Godmorgen",
    afternoon="God eftermiddag",
    evening="Godaften",
    headline_answer=Plural(
        "{n} person på dagens liste venter på svar fra dig.",
        "{n} personer på dagens liste venter på svar fra dig.",
    ),
    headline_decision=Plural(
        "{n} person på dagens liste venter på din beslutning.",
        "{n} personer på dagens liste venter på din beslutning.",
    ),
    headline_colleague=Plural(
        "{n} person på dagens liste venter på en kollega.",
        "{n} personer på dagens liste venter på en kollega.",
    ),
    advice=(
        "Rekruttereren kan svare, så snart du har besluttet dig; "
        "et ja, et nej eller et spørgsmål er nok."
    ),
    mine="Efter vores frist",
    soon="Nærmer sig fristen",
    theirs="Venter på en kollega",
    people=Plural("{n} person", "{n} personer"),
    open_one="Åbn",
    open_all="Åbn alle {n}",
    more="og {n} mere",
    wait_unknown="har ventet siden {since}",
    answered="fik svar {when}",
    decided="afgjort {when}",
    on_time="{done}, inden for {ours}",
    late="{done}, {late} efter {ours}",
    closed="afsluttet {when}",
    waived="svar ikke nødvendigt, {when}",
    obsolete="gælder ikke længere",
    settled_since="{n} af {total} er afklaret siden.",
    public=Plural(
        "{n} af disse går til ledernes kanal næste arbejdsdag, "
        "som et antal uden navne, hvis det ikke er afklaret inden.",
        "{n} af disse går til ledernes kanal næste arbejdsdag, "
        "som et antal uden navne, hvis det ikke er afklaret inden.",
    ),
    channel_late=Plural(
        "{n} kandidat har ventet længere, end vi har lovet.",
        "{n} kandidater har ventet længere, end vi har lovet.",
    ),
    channel_soon=Plural(
        "{n} kandidat venter på svar, og fristen er nær.",
        "{n} kandidater venter på svar, og fristen er nær.",
    ),
    channel_row="{title}: {n} venter stadig. {where}.",
    channel_settled="afklaret",
    no_department="uden afdeling",
    more_places="{where} og {n} mere",
    stands_in="Med det, der venter på {names}, som ikke kan nås nu.",
    unreachable=(
        "De ansvarlige kunne ikke nås i Slack; `svar doctor` viser, hvem det er."
    ),
    someone="En kandidat",
    about=" om {job}",
    asks_answer="{who} venter på svar fra dig{about}.",
    asks_decision="{who} venter på din beslutning{about}.",
    awaits_answer="{who} venter på svar{about}.",
    awaits_decision="{who} venter på en beslutning{about}.",
    still="Venter stadig, nu i {waited}.",
    held=Plural(
        "{n} varsel fra {rule} i {source} ville blive lukket på én gang.",
        "{n} varsler fra {rule} i {source} ville blive lukket på én gang.",
    ),
    held_how=(
        "De holdes åbne indtil videre, for så stor en ændring er ofte en fejl. "
        "Tre ens aflæsninger i træk lukker dem; "
        "`svar alerts confirm {rule}` gør det med det samme."
    ),
    silent="Kilden {source} har været tavs i {waited}.",
    silent_how=(
        "Påmindelserne venter, til den svarer igen; intet går tabt. "
        "Seneste gode aflæsning: {when}. `svar doctor` siger mere."
    ),
    erased="Det, som denne besked handlede om, er slettet.",
    week_empty="Ingen ansøgninger endnu.",
    week_heard="{share} af kandidaterne hørte fra os inden for {promise}.",
    week_kept="{share} af vores løfter blev holdt.",
    week_all="Af alle løfter blev {share} holdt: {counted}",
    week_few="For få løfter forfaldt til at sige, hvor mange der blev holdt.",
    week_cases=Plural(
        "{kept} af {n} de seneste {days} dage.", "{kept} af {n} de seneste {days} dage."
    ),
    week_better=Plural(
        "Det er {n} procentpoint mere end for {weeks} siden ({day}).",
        "Det er {n} procentpoint mere end for {weeks} siden ({day}).",
    ),
    week_worse=Plural(
        "Det er {n} procentpoint mindre end for {weeks} siden ({day}).",
        "Det er {n} procentpoint mindre end for {weeks} siden ({day}).",
    ),
    week_same="Det er lige så mange som for {weeks} siden ({day}).",
    week_late=Plural(
        "{n} person har ventet længere, end vi har lovet: {whom}.",
        "{n} personer har ventet længere, end vi har lovet: {whom}.",
    ),
    week_nobody="Ingen har ventet længere, end vi har lovet.",
    weeks=Plural("{n} uge", "{n} uger"),
    on_recruiter="{n} på en rekrutterer",
    on_manager="{n} på en leder",
    on_candidate="{n}, hvor turen er kandidatens",
    on_nobody="{n}, hvor turen er ingens",
    on_unknown="{n} på nogen, vi ikke ved hvem er",
    week_promises="Løfte for løfte",
    week_promise="{title}: {share} ({kept} af {cases})",
    week_promise_before="{promise}, {before} for {weeks} siden",
    week_jobs="Stillinger, hvor flest venter for længe",
    week_no_title="en stilling uden titel",
    week_edits="Ændret i reglerne",
    edit_added="tilføjet",
    edit_removed="fjernet",
    edit_switched_on="slået til",
    edit_switched_off="slået fra",
    edit_reworded="kun ordlyden",
    week_silent="Ingen tal fra {source}: kilden har været tavs siden {when}.",
    week_note="Pr. {when}. Kun antal; `svar report` viser mere.",
)
