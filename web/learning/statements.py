"""Learning as xAPI statements (xAPI 1.0.3, IEEE 9274.1.1), for learning record stores.

A statement is never changed: what may change later, such as who confirmed it, is no part of one, and a
renewed certificate is a statement of its own.
"""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from kb.learning.readings import Reading
from kb.learning.records import Certificate, Completion
from kb.learning.values import Activity, Result, Subject
from web.addresses import item_url
from web.learning.following import Learning

_VERBS = "http://adlnet.gov/expapi/verbs/"
_ACTIVITIES = "http://adlnet.gov/expapi/activities/"
_TYPES = {
    Activity.COURSE: "course",
    Activity.EVENT: "meeting",
    Activity.MEDIA: "media",
    Activity.READING: "media",
    Activity.INFORMAL: "meeting",
}
"""Types of activities, as ADL names them, by way of learning; any other is a performance."""


def statements(found: Learning, base: str) -> list[dict[str, Any]]:
    """Somebody's learning as statements, the newest first of each kind; *base* is the server's address."""
    return [
        *(_completion(one, base) for one in found.completions),
        *(_certificate(one, base) for one in found.certificates),
        *(_reading(one, base) for one in found.readings),
    ]


def _completion(one: Completion, base: str) -> dict[str, Any]:
    result: dict[str, Any] = {"completion": True}
    if one.result is not Result.COMPLETED:
        result["success"] = one.result is Result.PASSED
    if one.hours:
        result["duration"] = _duration(one.hours)
    return _statement(
        one.key,
        _agent(one.name, base),
        str(one.result),
        _activity(one.subject, one.key, _TYPES.get(one.activity, "performance"), base),
        one.dated,
    ) | {"result": result}


def _certificate(one: Certificate, base: str) -> dict[str, Any]:
    result: dict[str, Any] = {"completion": True, "success": True}
    own = one.key
    if one.expires:
        result["extensions"] = {f"{base}/xapi/expires": one.expires.isoformat()}
        own = str(uuid5(UUID(one.key), one.expires.isoformat()))
    activity = _activity(one.subject, one.key, "assessment", base)
    return _statement(own, _agent(one.name, base), "passed", activity, one.issued) | {"result": result}


def _reading(one: Reading, base: str) -> dict[str, Any]:
    activity = _activity(one.subject, one.key, "file", base)
    activity["id"] += f"/versions/{one.version}" if one.subject.ref else ""
    return _statement(one.key, _agent(one.name, base), "experienced", activity, one.at)


def _statement(
    own: str, actor: dict[str, Any], verb: str, activity: dict[str, Any], at: date | datetime
) -> dict[str, Any]:
    moment = at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
    return {
        "id": own,
        "actor": actor,
        "verb": {"id": _VERBS + verb, "display": {"en": verb}},
        "object": activity,
        "timestamp": moment.astimezone(UTC).isoformat(timespec="milliseconds"),
    }


def _agent(name: str, base: str) -> dict[str, Any]:
    return {"objectType": "Agent", "name": name, "account": {"homePage": base, "name": name}}


def _activity(subject: Subject, own: str, kind: str, base: str) -> dict[str, Any]:
    """What is in the catalogue is the same activity for all; what is not, is known by its record alone."""
    address = base + item_url(subject.ref) if subject.ref else uuid5(NAMESPACE_URL, own).urn
    return {
        "objectType": "Activity",
        "id": address,
        "definition": {"name": {"en": subject.title}, "type": _ACTIVITIES + kind},
    }


def _duration(hours: float) -> str:
    """Hours as ISO 8601 writes a duration: `PT7H30M`."""
    whole, minutes = divmod(round(hours * 60), 60)
    return "PT" + (f"{whole}H" if whole else "") + (f"{minutes}M" if minutes or not whole else "")
