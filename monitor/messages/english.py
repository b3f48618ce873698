"""What Svar says in English."""

from monitor.messages.phrases import Phrases, Plural

ENGLISH = Phrases(
    thousands=",",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=(
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
        *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
    day="{weekday} {day} {month}",
    time="%H:%M",
    moment="{day} {time}",
    minutes=Plural("{n} minute", "{n} minutes"),
    hours=Plural("{n} hour", "{n} hours"),
    days=Plural("{n} day", "{n} days"),
    working_hours=Plural("{n} working hour", "{n} working hours"),
    working_days=Plural("{n} working day", "{n} working days"),
    under_an_hour="less than an hour",
    ours=Plural("our {promise}", "our {promise}"),
    ours_unnamed="our promise",
    promised_unnamed="what we promised",
    up=Plural("{ours} is up on {due}", "{ours} are up on {due}"),
    passed=Plural("{ours} has passed.", "{ours} have passed."),
    passed_for=Plural(
        "For {n} of them {ours} has passed.", "For {n} of them {ours} have passed."
    ),
    morning="Good morning",
    afternoon="Good afternoon",
    evening="Good evening",
    headline_answer=Plural(
        "{n} person on today's list is waiting for an answer from you.",
        "{n} people on today's list are waiting for an answer from you.",
    ),
    headline_decision=Plural(
        "{n} person on today's list is waiting for your decision.",
        "{n} people on today's list are waiting for your decision.",
    ),
    headline_colleague=Plural(
        "{n} person on today's list is waiting on a colleague.",
        "{n} people on today's list are waiting on a colleague.",
    ),
    advice=(
        "The recruiter can answer as soon as you have decided; "
        "a yes, a no or a question is enough."
    ),
    mine="Past our promise",
    soon="Coming up",
    theirs="Waiting on a colleague",
    people=Plural("{n} person", "{n} people"),
    open_one="Open",
    open_all="Open all {n}",
    more="and {n} more",
    wait_unknown="waiting since {since}",
    answered="answered {when}",
    decided="decided {when}",
    on_time="{done}, within {ours}",
    late="{done}, {late} past {ours}",
    closed="closed {when}",
    waived="no reply needed, {when}",
    obsolete="no longer due",
    settled_since="{n} of {total} settled since.",
    public=Plural(
        "{n} of these goes to the leads' channel on the next working day, "
        "as a count without names, unless settled before.",
        "{n} of these go to the leads' channel on the next working day, "
        "as a count without names, unless settled before.",
    ),
    channel_late=Plural(
        "{n} candidate has waited past our promise.",
        "{n} candidates have waited past our promise.",
    ),
    channel_soon=Plural(
        "{n} candidate waits for an answer that is soon due.",
        "{n} candidates wait for an answer that is soon due.",
    ),
    channel_row="{title}: {n} still waiting. {where}.",
    channel_settled="settled",
    no_department="no department",
    more_places="{where} and {n} more",
    stands_in="This includes what waits for {names}, who cannot be reached now.",
    unreachable=(
        "Their owners could not be reached in Slack; `svar doctor` lists them."
    ),
    someone="A candidate",
    about=" on {job}",
    asks_answer="{who} is waiting for an answer from you{about}.",
    asks_decision="{who} is waiting for your decision{about}.",
    awaits_answer="{who} is waiting for an answer{about}.",
    awaits_decision="{who} is waiting for a decision{about}.",
    still="Still waiting, {waited} now.",
    held=Plural(
        "{n} alert of {rule} in {source} would close at once.",
        "{n} alerts of {rule} in {source} would close at once.",
    ),
    held_how=(
        "They stay open for now, since a change that large is often a mistake. "
        "Three equal polls in a row close them; "
        "`svar alerts confirm {rule}` does so at once."
    ),
    silent="The {source} feed has been silent for {waited}.",
    silent_how=(
        "Nudges are held until it is back; nothing is lost. "
        "Last good poll: {when}. `svar doctor` says more."
    ),
    erased="What this message told of has been erased.",
    week_empty="No applications yet.",
    week_heard="{share} of candidates heard from us within {promise}.",
    week_kept="{share} of our promises were kept.",
    week_all="Of all promises {share} were kept: {counted}",
    week_few="Too few promises fell due to say how many were kept.",
    week_cases=Plural(
        "{kept} of {n} in the last {days} days.",
        "{kept} of {n} in the last {days} days.",
    ),
    week_better=Plural(
        "That is {n} percentage point higher than {weeks} ago ({day}).",
        "That is {n} percentage points higher than {weeks} ago ({day}).",
    ),
    week_worse=Plural(
        "That is {n} percentage point lower than {weeks} ago ({day}).",
        "That is {n} percentage points lower than {weeks} ago ({day}).",
    ),
    week_same="That is the same as {weeks} ago ({day}).",
    week_late=Plural(
        "{n} person has waited longer than we promised: {whom}.",
        "{n} people have waited longer than we promised: {whom}.",
    ),
    week_nobody="Nobody has waited longer than we promised.",
    weeks=Plural("{n} week", "{n} weeks"),
    on_recruiter="{n} for a recruiter",
    on_manager="{n} for a line manager",
    on_candidate="{n} for the candidate",
    on_nobody="{n} for nobody",
    on_unknown="{n} not known for whom",
    week_promises="Promise by promise",
    week_promise="{title}: {share} ({kept} of {cases})",
    week_promise_before="{promise}, {before} {weeks} ago",
    week_jobs="Jobs with the most people waiting too long",
    week_no_title="a job without a title",
    week_edits="Changed in the rules",
    edit_added="added",
    edit_removed="removed",
    edit_switched_on="switched on",
    edit_switched_off="switched off",
    edit_reworded="wording only",
    week_silent="No figures from {source}: its feed has been silent since {when}.",
    week_note="As of {when}. Counts only; `svar report` shows more.",
)
