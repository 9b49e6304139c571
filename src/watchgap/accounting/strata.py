"""Proposes strata of a case from a physical inventory listing."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from watchgap.accounting.balance import standing
from watchgap.accounting.checks import grams
from watchgap.accounting.contents import PRECISION
from watchgap.accounting.mapping import Mapped, Material
from watchgap.accounting.record import Line, Report
from watchgap.accounting.tables import codes_of
from watchgap.base.errors import Fault, FaultyInput

_ENRICHED = frozenset("EHL")
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9._]+")
_PLACES = Decimal("0.000001")
_KILO = Decimal(1000)

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class StratumProposal:
    """Like items of a listing: at one key measurement point, of one form and one element.

    element_weight, fissile_weight: of all of them [g]. mass_per_item: the mean [kg] of what is counted, the
    fissile isotopes of enriched uranium and the element of everything else. least, most: the means [kg] of
    the lines that differ most. lines: numbers of the lines of the listing that it gathers.
    """

    id: str
    name: str
    facility: str
    material: str
    category: str
    items: int
    element_weight: Decimal
    fissile_weight: Decimal | None
    mass_per_item: Decimal
    least: Decimal
    most: Decimal
    kmp: str
    form: str
    element: str
    lines: tuple[int, ...]


def strata_of_listing(report: Report, mapping: Mapped) -> tuple[StratumProposal, ...]:
    """Gather the lines of a physical inventory listing that stand into strata of like items.

    Lines are alike that have the same key measurement point, material description and element category. The
    mean mass of an item is rounded to a milligram; that items of a stratum are alike is for the author of the
    case to judge.

    Raises
    ------
    FaultyInput : if the report is no listing, or with every line whose area or element the mapping lacks,
        without a number of items or a weight, and every stratum with nothing in it.
    """
    faults = list(_unusable(report, mapping))
    lines = [line for _, line in standing([report])] if report.type == "P" else []
    groups: dict[Key, list[Line]] = {}
    for line in lines:
        problem = _problem(report, line, mapping)
        if problem is None:
            groups.setdefault((line.kmp, _form(line), line.element), []).append(line)
        else:
            faults.append(Fault(report.file, max(line.line, 1), *problem))
    proposals: list[StratumProposal] = []
    taken: set[str] = set()
    for key, members in groups.items():
        with localcontext(prec=PRECISION):
            proposal = _proposal(report, key, members, mapping) if not faults else None
        if proposal is not None:
            proposals.append(_renamed(proposal, taken))
        elif not faults:
            where = f"{report.name}, line {members[0].number}: it and the lines like it"
            remedy = "correct their weights or numbers of items"
            faults.append(Fault(report.file, max(members[0].line, 1), f"{where} weigh nothing", remedy))
    if faults:
        raise FaultyInput(tuple(sorted(set(faults))))
    return tuple(proposals)


def strata_text(proposals: Sequence[StratumProposal], mapping: Mapped) -> str:
    """Write proposals as items of the list `strata` of a case file."""
    return "".join(_text(proposal, mapping) for proposal in proposals)


def _unusable(report: Report, mapping: Mapped) -> list[Fault]:
    line = max(report.line, 1)
    if report.type != "P":
        return [Fault(report.file, line, f"{report.name} is no listing", "give a physical inventory listing")]
    if report.area not in mapping.areas:
        shown = report.area[:40]
        problem = f"{report.name}: the mapping has no area '{shown}'"
        return [Fault(report.file, line, problem, f"add '{shown}' to `areas`")]
    return []


def _problem(report: Report, line: Line, mapping: Mapped) -> tuple[str, str] | None:
    where = f"{report.name}, line {'?' if line.number is None else line.number}"
    if _material(line, mapping) is None:
        shown = line.element[:40]
        return f"{where}: the mapping has no material '{shown}'", f"add '{shown}' to `materials`"
    if line.number is None or not line.items:
        return f"{where}: it has no number of items", "give it; bulk material is one item in each container"
    weight = line.fissile_weight if line.element in _ENRICHED else line.element_weight
    if weight is None or line.element_weight is None:
        return f"{where}: it has no weight of what is counted", "mend the report; its faults say where"
    return None


def _material(line: Line, mapping: Mapped) -> Material | None:
    special = mapping.materials.get(f"{line.element}/{_form(line)}")
    return special if special is not None else mapping.materials.get(line.element)


def _form(line: Line) -> str:
    return line.form + line.container + line.state


def _proposal(report: Report, key: Key, lines: Sequence[Line], mapping: Mapped) -> StratumProposal | None:
    kmp, form, element = key
    items = sum(line.items or 1 for line in lines)
    weight = sum((grams(line.element_weight or Decimal(0), line.unit) for line in lines), Decimal(0))
    given = [line.fissile_weight for line in lines if line.fissile_weight is not None]
    fissile = sum(given, Decimal(0)) if given else None
    counted = [_counted(line) for line in lines]
    means = [_mean(mass, line.items or 1) for mass, line in zip(counted, lines, strict=True)]
    mean = _mean(sum(counted, Decimal(0)), items)
    material = _material(lines[0], mapping)
    if min(means) < 0 or mean <= 0 or material is None:
        return None
    codes = codes_of(report.dialect)
    known = [codes["element"].get(element), codes["form"].get(lines[0].form)]
    words = [code.meaning for code in known if code is not None]
    described = ", ".join([*words, f"form {form}"] if form else words) or f"element {element}"
    own = "-".join(_NOT_IN_ID.sub("-", part).strip("-.") for part in (report.area, kmp, form, element))
    return StratumProposal(
        id=re.sub("-+", "-", f"{mapping.prefix}{own}").lower()[:70].strip("-._") or "stratum",
        name="".join(c if c.isprintable() else "?" for c in f"{described}, at {report.area}/{kmp}"),
        facility=mapping.areas[report.area],
        material=material.material,
        category=material.category,
        items=items,
        element_weight=weight,
        fissile_weight=fissile,
        mass_per_item=mean,
        least=min(means),
        most=max(means),
        kmp=kmp,
        form=form,
        element=element,
        lines=tuple(line.number for line in lines if line.number is not None),
    )


def _counted(line: Line) -> Decimal:
    """What is counted [g] of a line towards a significant quantity."""
    if line.element in _ENRICHED:
        return line.fissile_weight or Decimal(0)
    return grams(line.element_weight or Decimal(0), line.unit)


def _mean(mass: Decimal, items: int) -> Decimal:
    """A mass [g] over so many items, in [kg] to the milligram."""
    return (mass / _KILO / items).quantize(_PLACES, ROUND_HALF_EVEN)


def _renamed(proposal: StratumProposal, taken: set[str]) -> StratumProposal:
    """A proposal under an id that no other has; forms that differ in signs alone would share one."""
    name, number = proposal.id, 2
    while name in taken:
        name, number = f"{proposal.id}-{number}", number + 1
    taken.add(name)
    return replace(proposal, id=name)


def _text(proposal: StratumProposal, mapping: Mapped) -> str:
    about = f"source: {json.dumps(mapping.source, ensure_ascii=False)}, grade: {mapping.grade}"
    weights = f"{proposal.element_weight:f} g of element"
    if proposal.fissile_weight is not None:
        weights += f", {proposal.fissile_weight:f} g fissile"
    if proposal.least < proposal.most:
        weights += f"; {proposal.least:f} to {proposal.most:f} kg in an item"
    # A text may hold what begins or ends something in YAML: it is written as JSON, which YAML reads.
    return "\n".join(
        (
            f"  # of the listing, lines {_ranges(proposal.lines)}: {proposal.items} items, {weights}",
            f"  - id: {proposal.id}",
            f"    name: {json.dumps(proposal.name, ensure_ascii=False)}",
            f"    facility: {json.dumps(proposal.facility)}",
            f"    material: {json.dumps(proposal.material)}",
            f"    category: {json.dumps(proposal.category)}",
            f"    items: {{ value: {proposal.items}, unit: item, {about} }}",
            f"    item_mass: {{ value: {proposal.mass_per_item:f}, unit: kg, {about} }}",
            "",
        )
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers as '1-3, 5', cut short where they are very many."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in parts[:12]]
    return ", ".join(shown) + (", ..." if len(parts) > 12 else "")
