"""What the server may do beyond reading files: by the settings, else by what the user answers when asked.

The question is put when its answer would help: when somebody has looked at an option or a package whose description is not at hand, and
there is a way to it. It is put once a session at most, once a machine and day, and never again once it is answered for good. It is put
only in editors that show it beside the text (`Client.asks_aside`); where it would stand in the way of typing, or where the client
cannot ask, the hover that is too short says in one line, once a session, what there is to allow and how.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from option_index.consent import EVALUATE, FETCH, Answers, Consent, state_folder

if TYPE_CHECKING:
    from pathlib import Path

    from nix_lsp.lsp.session import Session

_INFO = 3
NOT_NOW, NEVER = "Not now", "Never"


class Question(NamedTuple):
    """Something to allow. In the texts, `{what}` is what the way to an index says that it does, `{server}` where lists come from."""

    setting: str
    field: str
    """Of `Settings`."""
    yes: str
    """What the button says."""
    text: str
    hint: str
    """Where it cannot be asked."""


QUESTIONS = {
    EVALUATE: Question(
        "nix.evaluate",
        "evaluate",
        "Evaluate",
        "Descriptions are not at hand. May nix-lsp {what} with the Nix on this machine? It takes some seconds and half a gigabyte, once "
        "for each pin; nothing is built, and nothing leaves the machine.",
        "No description is at hand: with your consent nix-lsp can {what}",
    ),
    FETCH: Question(
        "index.fetch",
        "fetch_indexes",
        "Fetch",
        "Descriptions are not at hand. May nix-lsp {what} from {server} (some 5 MB)? The channel's name is all that it "
        "tells the server.",
        "No description is at hand: with your consent nix-lsp can {what} from {server}",
    ),
}
"""By what is allowed, in the order of `option_index.sources.SOURCES`."""


class Offer(NamedTuple):
    """A question whose answer would help now."""

    what: str
    """`FETCH` or `EVALUATE`."""
    summary: str
    """What would be done, in the infinitive without `to`."""

    def said(self, text: str) -> str:
        """Fill in one of its question's texts."""
        from option_index.channel import server_address

        return text.format(what=self.summary, server=server_address().partition("://")[2])


class Consents:
    """What the user of one session allows."""

    def __init__(self, session: Session, folder: Path | None = None) -> None:
        """`folder` is where answers are kept; the user's state folder by default."""
        self._session = session
        self._answers = Answers(folder or state_folder())
        self._here: dict[str, bool] = {}
        """What was answered in this session, for when it cannot be kept."""
        self._is_spent = False
        """The one question or hint of this session was put."""

    @property
    def given(self) -> Consent:
        """What is allowed now; another session's answer, or one in a terminal, counts at once."""
        return Consent(evaluate=self._allowed(EVALUATE) is True, fetch=self._allowed(FETCH) is True)

    def _allowed(self, what: str) -> bool | None:
        by_setting: bool | None = getattr(self._session.settings, QUESTIONS[what].field)
        if by_setting is not None:
            return by_setting
        return self._here[what] if what in self._here else self._answers.allowed(what)

    def hint(self, uri: str) -> str:
        """Return a line of Markdown for a hover that is too short, the empty text where there is nothing to allow or it was said before."""
        if self._session.client.asks_aside or (offer := self._offer(uri)) is None:
            return ""
        self._is_spent = True
        question = QUESTIONS[offer.what]
        return (
            f"\n\n*{offer.said(question.hint)}. `nix-lsp index consent --{offer.what} yes` in a terminal allows it, "
            f"`no` ends this hint; so does the setting `{question.setting}`.*"
        )

    async def ask(self, uri: str) -> bool:
        """Ask what would help an open document's project, if that may be asked; tell whether it was allowed.

        Returns when the user has answered, which may be never: nothing may wait for it.
        """
        if not self._session.client.asks_aside or (offer := self._offer(uri)) is None:
            return False
        self._is_spent = True
        if not self._answers.claim(offer.what, time.time()):
            return False
        question = QUESTIONS[offer.what]
        actions = [{"title": title} for title in (question.yes, NOT_NOW, NEVER)]
        text = f"nix-lsp: {offer.said(question.text)}"
        asked = {"type": _INFO, "message": text, "actions": actions}
        chosen: Any = await self._session.peer.request("window/showMessageRequest", asked)
        title = cast("dict[str, object]", chosen).get("title") if isinstance(chosen, dict) else None
        if title in {question.yes, NEVER}:
            self.keep(offer.what, title != NEVER)
        return title == question.yes

    def keep(self, what: str, allowed: bool | None) -> None:
        """Keep an answer to `FETCH` or `EVALUATE`, None: none. One that cannot be kept holds for the session."""
        self._here.pop(what, None)
        try:
            self._answers.keep(what, allowed)
        except OSError as error:
            if allowed is not None:
                self._here[what] = allowed
            self._session.log(
                f"the answer holds for this session: {self._answers.file} cannot be written ({error.strerror})"
            )

    def _offer(self, uri: str) -> Offer | None:
        """Return what to ask about an open document's project."""
        document = self._session.open_documents.get(uri)
        # Nobody is there to answer where a machine runs the editor.
        if self._is_spent or document is None or os.environ.get("CI"):
            return None
        unknown = [what for what in QUESTIONS if self._allowed(what) is None]
        if not unknown:
            return None
        from option_index.cache import Cache, cache_folder
        from option_index.sources import SOURCES

        cache = Cache(cache_folder())
        for point in self._session.projects.nixpkgs_points(document):
            for name, source in SOURCES:
                if name in unknown and (way := source(cache, point)):
                    return Offer(name, way.summary)
        return None
