"""The least role that every route of the workspace wants, method by method.

Written by hand from the contract (Staff addresses) and issue 3, never from the code: organisers
write articles and campaigns and see counts, charts and the state of deliveries; admins do besides
what shows a supporter, leaves the house, concerns officials or accounts, or is the record.
"""

from __future__ import annotations

from campaign.staff.doors import ADMIN, ANYONE, ORGANISER, SIGNED_IN

_TABLE = {
    # Signing in. What belongs to a sign-in that is half done asks by itself how far it is.
    ANYONE: """
        GET /fs-static/<path:filename>
        GET POST /login
        POST /logout
        GET POST /reset
        GET POST /reset/<token>
        GET POST /mf-recovery
        GET POST /tf-rescue
        GET POST /tf-select
        GET POST /tf-setup
        GET POST /tf-validate
        GET POST /wan-signin
        POST /wan-signin/<token>
    """,
    # One's own account, whatever the role.
    SIGNED_IN: """
        GET /me
        POST /me/name
        POST /me/sessions
        GET POST /change
        GET POST /mf-recovery-codes
        POST /tf-setup/<token>
        GET POST /verify
        GET POST /wan-delete
        GET POST /wan-register
        POST /wan-register/<token>
        GET POST /wan-verify
        POST /wan-verify/<token>
    """,
    # Writing, and seeing figures in which nobody can be recognised.
    ORGANISER: """
        GET /
        GET /campaigns.csv
        GET POST /articles/new
        GET /articles
        GET POST /articles/<slug:slug>/edit
        GET /articles/<slug:slug>/history
        GET /articles/<slug:slug>/translations
        GET POST /articles/<slug:slug>/translations/<language>
        GET /articles/<slug:slug>/translations/<language>/history
        POST /articles/<slug:slug>/translations/<language>/preview
        POST /preview/article
        GET POST /campaigns/new
        GET /campaigns/<slug:slug>
        GET POST /campaigns/<slug:slug>/edit
        GET /campaigns/<slug:slug>/figures/<slug:table>.csv
        GET /campaigns/<slug:slug>/history
        GET /campaigns/<slug:slug>/versions
        GET /campaigns/<slug:slug>/translations
        GET POST /campaigns/<slug:slug>/translations/<language>
        GET /campaigns/<slug:slug>/translations/<language>/history
        POST /campaigns/<slug:slug>/translations/<language>/preview
        POST /preview/campaign
        GET /campaigns/<slug:slug>/deliveries
        GET /campaigns/<slug:slug>/deliveries/progress.json
        GET /campaigns/<slug:slug>/deliveries/<int:number>
        GET /campaigns/<slug:slug>/deliveries/<int:number>/progress.json
        GET /campaigns/<slug:slug>/paper
        GET /campaigns/<slug:slug>/paper/sheets.pdf
        GET /campaigns/<slug:slug>/paper/<int:number>
        GET /officials
    """,
    ADMIN: """
        GET POST /accounts
        GET /accounts/<int:number>
        POST /accounts/<int:number>/active
        POST /accounts/<int:number>/factors
        POST /accounts/<int:number>/invitation
        POST /accounts/<int:number>/role
        POST /accounts/<int:number>/sessions
        POST /alerts/<int:number>/dismiss
        GET /audit
        GET /audit.csv
        POST /audit/check
        GET POST /officials/new
        GET POST /officials/import
        GET POST /officials/<slug:slug>/edit
        GET /officials/<slug:slug>/history
        POST /campaigns/<slug:slug>/deliveries
        GET /campaigns/<slug:slug>/deliveries/new
        GET /campaigns/<slug:slug>/deliveries/preview
        GET /campaigns/<slug:slug>/deliveries/<int:number>/package
        POST /campaigns/<slug:slug>/deliveries/<int:number>/again
        POST /campaigns/<slug:slug>/deliveries/<int:number>/cancel
        POST /campaigns/<slug:slug>/deliveries/<int:number>/revoke
        POST /campaigns/<slug:slug>/deliveries/<int:number>/send
        POST /campaigns/<slug:slug>/deliveries/<int:number>/mailings/<int:mailing_id>/stop
        POST /campaigns/<slug:slug>/deliveries/<int:number>/answers/<int:answer>/hide
        POST /campaigns/<slug:slug>/deliveries/<int:number>/answers/<int:answer>/show
        GET POST /campaigns/<slug:slug>/exports
        GET /campaigns/<slug:slug>/exports/new
        GET /campaigns/<slug:slug>/exports/<int:number>
        GET /campaigns/<slug:slug>/exports/<int:number>/file
        GET /campaigns/<slug:slug>/exports/<int:number>/progress.json
        POST /campaigns/<slug:slug>/exports/<int:number>/again
        POST /campaigns/<slug:slug>/exports/<int:number>/cancel
        POST /campaigns/<slug:slug>/exports/<int:number>/delete
        POST /campaigns/<slug:slug>/paper
        POST /campaigns/<slug:slug>/paper/<int:number>/find
        POST /campaigns/<slug:slug>/paper/<int:number>/undo
        GET /campaigns/<slug:slug>/paper/<int:number>/refused.csv
        GET POST /campaigns/<slug:slug>/paper/<int:number>/<int:person>/erase
        GET POST /campaigns/<slug:slug>/paper/tables/<slug:token>
        GET /campaigns/<slug:slug>/paper/tables/<slug:token>/refused.csv
        POST /campaigns/<slug:slug>/paper/tables/<slug:token>/discard
        GET POST /campaigns/<slug:slug>/signatures
        GET /campaigns/<slug:slug>/signatures/<int:number>
        POST /campaigns/<slug:slug>/signatures/<int:number>/comment
        POST /campaigns/<slug:slug>/signatures/<int:number>/exclude
        POST /campaigns/<slug:slug>/signatures/<int:number>/restore
        GET POST /campaigns/<slug:slug>/signatures/comments
        GET POST /campaigns/<slug:slug>/signatures/exclusions
        GET /campaigns/<slug:slug>/signatures/exclusions/preview
        GET /campaigns/<slug:slug>/signatures/exclusions/<int:number>
        POST /campaigns/<slug:slug>/signatures/exclusions/<int:number>/cancel
        POST /campaigns/<slug:slug>/signatures/exclusions/<int:number>/undo
    """,
}


def _read(table: dict[str, str]) -> dict[tuple[str, str], str]:
    """The least role by rule and method. A rule that is written twice is a mistake."""
    found: dict[tuple[str, str], str] = {}
    for role, lines in table.items():
        for line in lines.split("\n"):
            *methods, rule = line.split() or [""]
            for method in methods:
                assert (rule, method) not in found, f"{method} {rule} is in the table twice"
                found[rule, method] = role
    return found


LEAST = _read(_TABLE)
