"""Steps in the life of a lesson, each kept."""

from sqlalchemy.orm import Session

from kb.access import Principal
from kb.life import lifecycle
from kb.life.lifecycle import Move
from kb.models import Item, LessonStep
from kb.vocabulary import Status


def take(session: Session, principal: Principal, lesson: Item, move: Move, reason: str = "") -> None:
    """Let *lesson* make *move* and note it. Raises ConflictError when it can't be made from where it is."""
    origin = Status(lesson.status)
    lesson.status = lifecycle.after(origin, move)
    session.add(
        LessonStep(
            item_id=lesson.id,
            actor=principal.name,
            move=move,
            origin=origin,
            result=lesson.status,
            reason=reason,
            version=lesson.version,
        )
    )
