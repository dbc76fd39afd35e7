"""What takes longer than a page may: done beside the server's own work, once at a time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from sqlalchemy.orm import Session

from kb import audit
from kb.access import Principal, peer
from kb.errors import KbError
from kb.insight import gaps
from search.recurring import Themes
from web.insight import gathering
from web.insight.figures import Figures
from web.life import mining
from web.searching import comparing
from web.wiring import Services

log = logging.getLogger(__name__)

_PATIENCE = 0.1
"""Seconds that a page waits for work that may be short."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Study:
    """A piece of work under way."""

    said: str = "Beginning"
    """What it does now, in words."""
    failed: str = ""
    """Why it ended without a result."""
    done: Event = field(default_factory=Event)

    def tell(self, said: str) -> None:
        """Note what it does now."""
        self.said = said


class Studies:
    """Themes and knowledge gaps, kept up to date when somebody looks at them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = Lock()
        self._running: dict[str, Study] = {}
        self.figures = Figures()
        self._gathered = -1
        """The newest failed search when gaps were gathered last."""
        self._compared = -1
        """The newest record when items were compared last."""

    def themes(self, session: Session, principal: Principal) -> Themes | Study:
        """The themes of what *principal* may see; while they are being found, that work.

        Raises UnavailableError when there is no index.
        """
        recurring = self._services.themes()
        found = recurring.known(session, principal)
        if found is not None:
            return found

        def find(tell: Tell) -> None:
            with self._services.sessions() as own:
                recurring.find(own, principal, tell)

        study = self._begin(f"themes {peer(principal)}", find)
        study.done.wait(_PATIENCE)
        return recurring.known(session, principal) or study

    def gaps(self, session: Session) -> Study | None:
        """Have knowledge gaps gathered if searches failed since; the work, when it takes longer."""
        newest = gaps.newest_failure(session)
        if newest == self._gathered:
            return None

        def gather(tell: Tell) -> None:
            gathering.gather(self._services, tell)
            self._gathered = newest

        study = self._begin("gaps", gather)
        return None if study.done.wait(_PATIENCE) and not study.failed else study

    def disagreements(self, session: Session) -> Study | None:
        """Have items compared that were written since; the work, when it takes longer."""
        newest = audit.latest(session)
        if newest == self._compared:
            return None

        def compare(tell: Tell) -> None:
            comparing.compare(self._services, tell)
            self._compared = newest

        study = self._begin("disagreements", compare)
        return None if study.done.wait(_PATIENCE) and not study.failed else study

    def mine(self, principal: Principal) -> None:
        """Have the reports and minutes mined that *principal* may read and that were not mined yet."""

        def mine(tell: Tell) -> None:
            mining.mine_new(self._services, principal, tell)

        self._begin(f"mining {principal}", mine).done.wait(_PATIENCE)

    def mining(self, principal: Principal) -> Study | None:
        """That work while it is under way; once more if it failed."""
        study = self._running.get(f"mining {principal}")
        if study and study.failed:
            del self._running[f"mining {principal}"]
        return study if study and (study.failed or not study.done.is_set()) else None

    def stop(self, seconds: float) -> None:
        """Wait at most *seconds* for what is under way."""
        for study in tuple(self._running.values()):
            study.done.wait(seconds)

    def _begin(self, name: str, work: Callable[[Tell], None]) -> Study:
        """Have *work* done under that name, unless it is under way."""
        with self._lock:
            running = self._running.get(name)
            if running and (not running.done.is_set() or running.failed):
                if running.failed:
                    del self._running[name]  # told once; the next to ask has it tried again
                return running
            study = self._running[name] = Study()
        Thread(target=_do, args=(study, work), name=name).start()
        return study


def _do(study: Study, work: Callable[[Tell], None]) -> None:
    try:
        work(study.tell)
    except KbError as error:
        study.failed = str(error)
    except Exception:
        log.exception("a study failed")
        study.failed = "A fault in Hindsight stopped this; the log has the details."
    finally:
        study.done.set()
