"""Training as schema.org describes courses, in JSON-LD."""

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from kb.learning.catalogue import Offer
from kb.vocabulary import label
from web.addresses import item_url

MEDIA_TYPE = "application/ld+json"
CONTEXT = "https://schema.org"


def course(offer: Offer, site: str = "") -> dict[str, Any]:
    """A Course with its one CourseInstance; *site* begins the address of its page here."""
    said: dict[str, Any] = {
        "@type": "Course",
        "@id": site + item_url(offer.ref),
        "courseCode": offer.external_ref or offer.ref,
        "name": offer.title,
        "description": offer.summary,
        "url": offer.url,
        "provider": {"@type": "Organization", "name": offer.provider} if offer.provider else None,
        "inLanguage": offer.language,
        "educationalLevel": label(offer.level) if offer.level else None,
        "learningResourceType": label(offer.format) if offer.format else None,
        "teaches": [f"{taught.name}, level {taught.level}" for taught in offer.teaches],
        "coursePrerequisites": list(offer.prerequisites),
        "timeRequired": duration(offer.hours),
        "educationalCredentialAwarded": _credential(offer),
        "numberOfCredits": _credits(offer),
        "offers": _price(offer),
        "hasCourseInstance": _instance(offer),
        "subjectOf": _reviewed(offer),
    }
    return _told(said)


def catalogue(offers: Iterable[Offer], site: str = "") -> dict[str, Any]:
    """Courses one after the other."""
    return {"@context": CONTEXT, "@graph": [course(offer, site) for offer in offers]}


def written(value: dict[str, Any]) -> bytes:
    """*value* as a file."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def embedded(offer: Offer, site: str) -> Markup:
    """The course as a page carries it: data, in which nothing can end the element that holds it."""
    text = json.dumps({"@context": CONTEXT, **course(offer, site)}, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def duration(hours: float | None) -> str | None:
    """Hours as ISO 8601 has them: `PT7H30M`."""
    if hours is None:
        return None
    minutes = round(hours * 60)
    return f"PT{minutes // 60}H{minutes % 60}M" if minutes % 60 else f"PT{minutes // 60}H"


def _credential(offer: Offer) -> dict[str, Any] | None:
    if not offer.leads_to and not offer.renewal:
        return None
    kind = "EducationalOccupationalCredential"
    return _told({"@type": kind, "name": offer.leads_to, "description": offer.renewal})


def _credits(offer: Offer) -> dict[str, Any] | None:
    if offer.cpd_hours is None:
        return None
    return {"@type": "StructuredValue", "value": offer.cpd_hours, "unitText": "CPD hours"}


def _price(offer: Offer) -> dict[str, Any] | None:
    if offer.cost is None:
        return None
    return _told({"@type": "Offer", "price": offer.cost, "priceCurrency": offer.currency})


def _instance(offer: Offer) -> dict[str, Any] | None:
    if not (offer.format or offer.offered_from or offer.offered_until):
        return None
    return _told(
        {
            "@type": "CourseInstance",
            "courseMode": label(offer.format) if offer.format else None,
            "startDate": offer.offered_from.isoformat() if offer.offered_from else None,
            "endDate": offer.offered_until.isoformat() if offer.offered_until else None,
        }
    )


def _reviewed(offer: Offer) -> dict[str, Any] | None:
    if offer.reviewed_on is None:
        return None
    return {"@type": "WebPage", "lastReviewed": offer.reviewed_on.isoformat()}


def _told(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [])}
