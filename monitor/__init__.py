"""Svar watches a recruiting database so that no candidate is left without an answer.

The modules, read in this order; each imports only from those above it:

errors         what can go wrong, and where in which file
model          the frozen nouns that cross the borders between modules
closure        whether a candidate has an answer, over the channel that is due
language       the languages that Svar speaks
clock          the only reader of the time of day
shipped        where the rules and mappings that come along are
worktime       durations and calendars: when a promise is up
misfit         why a value does not fit its place, in an admin's words
slips          why a text is not YAML, in an admin's words
yamlfile       YAML with line numbers, checked against a shape
environment    what SVAR_ variables lay over the settings
settings       the daemon's settings and its secrets
wording        the admins' own message lines
rules          the rule language
mapping        how one recruiting database is read
configuration  settings, mappings and rules as one checked whole
attribution    which message answers which application
privacy        how a candidate may be called
evaluate       rules x applications x now -> findings
past           an application as its source showed it earlier
figures        what HR leads may know of a poll: counts, without names
alerts         what a finding, or its absence, does to what we remember
outbox         who is told what, and when
messages       notices -> text and blocks
source         reads the recruiting database, never writes
store          alerts and the outbox, in one transaction
slack          one call to Slack, and what its answer means
terminal       draws messages where there is no Slack
cycle          read -> plan -> store
delivery       claim -> post -> record
proof          what rules would do: tests, previews, differences, history, time lines
report         what the weeks came to, for leads: on paper and in their channel
schemas        the shapes of the YAML files, for editors
metrics        the jobs' reports in Prometheus' words
page           the same figures on a page, for people
daemon         the ticker, the HTTP endpoint, signals and reload
demo           a season of hiring, from a seed
cli            arguments, printing and exit codes
"""
