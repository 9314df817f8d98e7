# Copyright: (c) 2026, offlineseed.azure contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/guide_errors.md out of the tables of module_utils/arm."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.offlineseed.azure.plugins.module_utils.arm import entra_codes, error_codes, network, retries, roles

HEAD = """<!-- Made by `python -m pages` of tables in plugins/module_utils/arm (codes, network, retries, roles); do not edit. -->

# Errors and what to do

Every failure of an Azure task reads

```
Failed to VERB OBJECT: CODE: TEXT In the way: WHAT. It lasts: HOW LONG. Cure: WHAT TO DO.
Tried N times, waited S seconds. (request id …, correlation id …)
```

and has the same as fields of its result: `what`, `code`, `status`, `seen` (Azure's text), `cure`, `field` (the option to correct),
`request_id` and `correlation_id` (what Azure support asks for), `attempts` and `waited` (seconds), for 403 `action`, `role` and `scope`,
for 409 and 412 `in_the_way` and `clock`. Parts that do not apply are left out. No failure holds a secret, a token or a key of a drive.

A code that stands in none of these tables is shown as the service said it, without a cure.

## What is tried again, and what never
"""
TRIED = """
* Reads and requests that may be repeated are tried up to {attempts} times when the answer is {temporary}, the connection breaks, or a 409
  has one of the codes
  {busy}.
  Between two tries the seconds of `Retry-After` pass, or 1, 2, 4, 8 (less up to a quarter); a
  `Retry-After` of 0 counts as none. One of more than {patience} seconds ends the task, which says when to run again.
* A write of an import job is sent once. When its answer is lost, or is {unsure}, the job is read before anything is sent again; only
  {refused} say that nothing was done and are repeated.
* Nothing else is repeated: no other 4xx, no name that does not resolve, no refused certificate, no proxy that refuses. A 401 renews the
  token once.
* A long-running operation is followed at the newest `Location` that Azure names, signed URLs as they are, at most 600 seconds; what
  Azure does goes on without the task, and the next run reads where it is.
"""
NETWORK = """
## When there was no answer

`layer` of the result says which end failed.

| layer | what is said | tried again | cure |
|---|---|---|---|
"""
OTHER = """
## When the answer is none of Azure's

| what is said | meaning |
|---|---|
| `the answer of HOST is not JSON but TYPE: 'TITLE'` | Something in between (a proxy, a sign-in page) answered. |
| `the answer of HOST has SEEN in FIELD where FORM belongs` | JSON, but not in the form of the service; nothing was concluded from it. |
| `HOST was named by an answer of HOST; no token is sent there` | An answer points to another server. The token stays here. |
| `the list has no end` | A list whose pages go round in circles. |
"""
ROLES = """
## Which role is missing (403)

The result names the action; this is the narrowest built-in role that has it. Source: [Azure built-in roles]({source}), {as_of}.

| what a task wants to do | actions | role | where |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, _tried(), NETWORK, *_network(), OTHER]
    parts += ["\n## Azure Resource Manager and the job services\n", *_codes(error_codes.ARM)]
    parts += ["\n## Storage accounts and blobs\n", *_codes(error_codes.STORAGE)]
    parts += ["\n## Signing in\n", *_codes(entra_codes.ENTRA)]
    parts += [ROLES.format(source=roles.SOURCE, as_of=roles.AS_OF), *_roles(), *_sources()]
    return "".join(parts)


def _tried() -> str:
    pace = retries.Pace()
    return TRIED.format(
        attempts=pace.attempts,
        patience=round(pace.patience),
        temporary=_listed(retries.TEMPORARY),
        unsure=_listed(retries.TEMPORARY - retries.REFUSED),
        refused=_listed(retries.REFUSED),
        busy=", ".join(f"`{code}`" for code in sorted(retries.BUSY_CODES)),
    )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


def _network() -> Iterable[str]:
    for layer, (text, sent, cure) in network.LAYERS.items():
        passing = "yes" if network.Trouble(layer, text, sent, cure).passing else "no"
        yield f"| `{layer}` | {text} | {passing} | {cure} |\n"


def _codes(rows: Iterable[error_codes.ErrorCode]) -> Iterable[str]:
    yield "\n| code | meaning | cure | how long it lasts | option | source |\n|---|---|---|---|---|---|\n"
    for row in sorted(rows, key=lambda one: one.code.casefold()):
        option = f"`{row.option}`" if row.option else ""
        source = f"[{row.source}]({error_codes.SOURCES[row.source].url})"
        yield f"| `{row.code}` | {row.meaning} | {row.cure} | {row.clock or ''} | {option} | {source} |\n"


def _roles() -> Iterable[str]:
    for role in roles.ROLES:
        pattern = role.pattern.replace("\\.", ".").replace("$", "").replace("|", "\\|")
        yield f"| {role.does} | `{pattern}` | {role.name} | {role.where} |\n"


def _sources() -> Iterable[str]:
    yield f"\n## Sources\n\nAs of {error_codes.AS_OF}.\n\n"
    for source in error_codes.SOURCES.values():
        yield f"* [{source.title}]({source.url})\n"
