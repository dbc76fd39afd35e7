from datetime import date

from sqlalchemy.orm import Session

from kb import facets, items, library
from kb.access import LOCAL_USER, Principal
from kb.facets import FacetCount
from kb.values import Filters
from kb.vocabulary import Classification, FacetName, Phase
from tests.samples import lesson, store


def _store(session: Session) -> None:
    store(
        session,
        lesson("A", phases=(Phase.PLANNING,), tags=("Supplier", "late"), dated=date(2019, 6, 1)),
        lesson("B", phases=(Phase.PLANNING, Phase.DELIVERY), tags=("supplier",), dated=date(2020, 1, 1)),
        lesson("C", project="Bridge", dated=None),
    )


def _titles(session: Session, filters: Filters) -> list[str]:
    return [i.title for i in items.browse(session, LOCAL_USER, filters, offset=0, limit=10)]


def test_values_of_one_facet_add_up_and_facets_narrow(session: Session) -> None:
    _store(session)
    assert _titles(session, Filters({FacetName.PHASE: ("delivery",)})) == ["B"]
    either = Filters({FacetName.PROJECT: ("Bridge",), FacetName.TAG: ()})
    assert _titles(session, either) == ["C"]
    assert _titles(session, Filters({FacetName.YEAR: ("2019", "2020")})) == ["B", "A"]
    both = Filters({FacetName.TAG: ("SUPPLIER",), FacetName.YEAR: ("2019",)})
    assert _titles(session, both) == ["A"]


def test_dates_limit_from_and_to(session: Session) -> None:
    _store(session)
    assert _titles(session, Filters(before=date(2020, 1, 1))) == ["A"]
    assert _titles(session, Filters(after=date(2020, 1, 1))) == ["B"]


def test_undated_items_come_last(session: Session) -> None:
    _store(session)
    assert _titles(session, Filters()) == ["B", "A", "C"]


def test_counts_are_of_the_matching_items_most_frequent_first(session: Session) -> None:
    _store(session)
    counts = facets.count_all(session, LOCAL_USER, Filters({FacetName.PHASE: ("planning",)}))
    assert counts[FacetName.TAG] == [FacetCount("supplier", 2), FacetCount("late", 1)]
    assert counts[FacetName.PROJECT] == []
    assert counts[FacetName.KIND] == [FacetCount("lesson", 2)]


def test_counting_everything_is_counting_each_visible_item(session: Session) -> None:
    hidden = lesson("D", tags=("late", "secret"), classification=Classification.CONFIDENTIAL)
    store(session, lesson("A", tags=("late",)), lesson("B", tags=("late", "early")), hidden)
    store(session, lesson("E", tags=("gone",)), location="/files/other.csv")
    library.withdraw(session, LOCAL_USER, "/files/other.csv")
    for principal in (LOCAL_USER, Principal("reader", Classification.INTERNAL)):
        ids = facets.matching(session, principal, Filters())
        assert facets.count_all(session, principal, Filters()) == facets.count(session, principal, ids)
