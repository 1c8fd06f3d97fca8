"""The connection itself: its start, its settings, its folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.lsp.capabilities import initialize_result
from nix_lsp.lsp.client import Client
from nix_lsp.lsp.process import open_process

if TYPE_CHECKING:
    from nix_lsp.lsp.session import Request, Session
    from nix_lsp.lsp.wire import Json


def initialize(session: Session, request: Request) -> Json:
    """Learn what the client can do, and say what we can."""
    session.client = Client(request.params)
    session.is_initialized = True
    if isinstance(process := request.params.get("processId"), int):
        session.client_process = open_process(process)
    session.configure("initial", request.params.get("initializationOptions"))
    return initialize_result(session.client)


def did_change_configuration(session: Session, request: Request) -> None:
    """Take the settings that come with the notification; a client that can be asked is asked as well (`nix_lsp.lsp.server`)."""
    session.configure("pushed", request.params.get("settings"))


def did_change_workspace_folders(session: Session, _request: Request) -> None:
    """Look at the disk again: a project's root is found from its files, not from the folders."""
    if session.projects.look_at_disk():
        session.publisher.refresh()
