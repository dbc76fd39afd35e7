"""Filters given as options."""

from enum import StrEnum

import typer

from kb.values import Filters
from kb.vocabulary import Approach, FacetName, Kind, KnowledgeArea, Phase, Sector, term

_VOCABULARIES: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "phase": Phase,
    "area": KnowledgeArea,
    "sector": Sector,
    "approach": Approach,
}


def chosen(**given: list[str] | None) -> Filters:
    """Filters from options by name; terms of vocabularies may be written in any way.

    Raises typer.BadParameter for a value that is none of them.
    """
    facets: dict[FacetName, tuple[str, ...]] = {}
    for name, values in given.items():
        for value in values or ():
            found = term(_VOCABULARIES[name], value) if name in _VOCABULARIES else value
            if found is None:
                options = ", ".join(_VOCABULARIES[name])
                raise typer.BadParameter(f"{value!r} is not one of {options}", param_hint=f"--{name}")
            facets[FacetName(name)] = (*facets.get(FacetName(name), ()), str(found))
    return Filters(facets)
