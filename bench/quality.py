"""How good the list is: import a real ledger, ask for the list on past days, and look at what came next.

The ledger is a folder with customers.csv and touches.csv by the contract, touches with amounts. For every case the
value in the import is what each customer spent a day in the two horizons before, times 365: nothing of the future.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.measures import Case, Judged, Measured, Seen, mean_of, measure
from bench.rivals import RIVALS
from bot.domain.rhythm import DEFAULT_EXPONENT
from bot.terminal.listing import as_json
from bot.usecases.imports.fields import Subject
from bot.usecases.imports.importing import import_file
from bot.usecases.neglect import rank
from storage.engine import Store, make_engine
from storage.migrate import migrate
from storage.models import SegmentRow, Workspace

DATA = Path(__file__).parents[2] / "shared" / "data" / "cdnow"
CUT_OFFS = ("1997-09-30", "1997-12-31", "1998-03-31")
SHIFTED = ("1997-08-31", "1997-10-31", "1997-11-30", "1998-01-31", "1998-02-28")
HORIZONS = (90, 120, 180)
RESAMPLES = 100
SEED = 7
OURS, HALF = "Keepwarm", "Keepwarm, e = ½"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Events = Mapping[str, Sequence[tuple[date, float]]]


def read_events(folder: Path) -> dict[str, list[tuple[date, float]]]:
    """Return (day, amount) of every customer by external id, one a day, oldest first."""
    spent: dict[str, dict[date, float]] = {}
    with (folder / "touches.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["at"][:10])
            days = spent.setdefault(row["customer"], {})
            days[day] = days.get(day, 0.0) + float(row["amount"] or 0)
    return {customer: sorted(days.items()) for customer, days in spent.items()}


def cases(cut_offs: Iterable[str], events: Events) -> list[Case]:
    """Return the cases that the ledger's last day leaves room for."""
    end = max(days[-1][0] for days in events.values())
    found = [Case(date.fromisoformat(cut_off), horizon) for cut_off in cut_offs for horizon in HORIZONS]
    return [case for case in found if case.cut_off + timedelta(days=case.horizon_days) <= end + timedelta(days=1)]


def view(events: Events, case: Case) -> list[Seen]:
    """Return the customers that had come by the cut-off, as a method may see them, with what came after."""
    since, until = (case.cut_off + timedelta(days=n * case.horizon_days) for n in (-2, 1))
    seen = []
    for customer, days in events.items():
        past = [(day, amount) for day, amount in days if day <= case.cut_off]
        if past:
            spend = sum(amount for day, amount in past if day > since) / (2 * case.horizon_days)
            later = tuple((day, amount) for day, amount in days if case.cut_off < day <= until)
            seen.append(Seen(customer, tuple(day for day, _ in past), spend, later))
    return seen


def keepwarm(folder: Path, seen: Sequence[Seen], case: Case) -> dict[str, list[Judged]]:
    """Ask Keepwarm as a user would: import both files, then `neglected --all --format json` as of the cut-off.

    Cold is at risk: risk is −warmth; the order is the score. A second time with the exponent set to ½, not learned.
    """
    with TemporaryDirectory() as scratch:
        engine = make_engine(f"sqlite:///{scratch}/quality.db")
        migrate(engine)
        store = Store(engine)
        with store.session() as session:
            workspace = Workspace(slack_team_id="T0BENCH", base_currency="USD")
            session.add(workspace)
        customers = Path(scratch) / "customers.csv"
        _write_customers(folder / "customers.csv", customers, {c.id: c.spend_per_day * 365 for c in seen})
        import_file(store, workspace.id, Subject.CUSTOMERS, customers, now=NOW)
        import_file(store, workspace.id, Subject.TOUCHES, folder / "touches.csv", now=NOW)
        judged = {OURS: _ask(store, workspace.id, seen, case)}
        with store.write(workspace.id) as ledger:
            for row in ledger.rows(SegmentRow):
                row.set_exponent = row.exponent = DEFAULT_EXPONENT
                ledger.add(row)
        judged[HALF] = _ask(store, workspace.id, seen, case)
        engine.dispose()
    return judged


def _write_customers(source: Path, target: Path, values: Mapping[str, float]) -> None:
    with source.open(encoding="utf-8", newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
        rows = csv.DictReader(old)
        writer = csv.DictWriter(new, list(rows.fieldnames or ()))
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "annual_value": f"{values.get(row['external_id'], 0.0):.2f}"})


def _ask(store: Store, workspace_id: int, seen: Sequence[Seen], case: Case) -> list[Judged]:
    with store.read(workspace_id) as ledger:
        listed = rank(ledger, as_of=case.cut_off, now_day=NOW.date(), everyone=True)
    lines = {line["external_id"]: line for line in json.loads(as_json(listed))}
    return [Judged(risk=-lines[c.id]["warmth"], order=lines[c.id]["score"]) for c in seen]


@dataclass(frozen=True, slots=True)
class Answer:
    """What every method said in one case."""

    case: Case
    seen: list[Seen]
    judged: dict[str, list[Judged]]

    def measured(self, method: str, sample: Sequence[int] | None = None) -> Measured:
        """Measure a method on everybody, or on a sample of customers by place."""
        picked = range(len(self.seen)) if sample is None else sample
        judged = self.judged[method]
        return measure([self.seen[n] for n in picked], [judged[n] for n in picked], self.case)


def ask_everybody(folder: Path, events: Events, cut_offs: Iterable[str]) -> list[Answer]:
    """Return every method's answers in every case."""
    return [ask_in(case, folder, events) for case in cases(cut_offs, events)]


def ask_in(case: Case, folder: Path, events: Events) -> Answer:
    """Return every method's answer in one case."""
    seen = view(events, case)
    judged = {name: method(seen, case) for name, method in RIVALS.items()}
    return Answer(case, seen, judged | keepwarm(folder, seen, case))


def bootstrap(answers: Sequence[Answer], *, resamples: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return the middle 90 % of each method's mean when customers are drawn again; all methods see the same draws."""
    random = Random(seed)
    means: dict[str, list[float]] = {name: [] for name in answers[0].judged}
    for _ in range(resamples):
        draws = [random.choices(range(len(answer.seen)), k=len(answer.seen)) for answer in answers]
        for name, found in means.items():
            measured = [a.measured(name, draw) for a, draw in zip(answers, draws, strict=True)]
            found.append(mean_of(measured).mean)
    return {name: (sorted(m)[len(m) // 20], sorted(m)[-1 - len(m) // 20]) for name, m in means.items()}


def report(answers: Sequence[Answer], *, title: str, resamples: int, seed: int) -> Table:
    """Build the table: methods side by side, means over the cases, with the bootstrap's middle 90 %."""
    spread = bootstrap(answers, resamples=resamples, seed=seed) if resamples else {}
    table = Table(title=f"{title}: {len(answers)} cases, {len(answers[0].seen)} customers", title_justify="left")
    table.add_column("rule")
    for heading in ("A_rhy", "A_own", "B_lvc10", "mean", "90 % of draws"):
        table.add_column(heading, justify="right")
    for name in answers[0].judged:
        m = mean_of([answer.measured(name) for answer in answers])
        low, high = spread.get(name, (m.mean, m.mean))
        figures = (f"{figure:.3f}" for figure in (m.a_rhy, m.a_own, m.b_lvc10, m.mean))
        table.add_row(name, *figures, f"{low:.3f} to {high:.3f}")
    return table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with customers.csv and touches.csv")
    parser.add_argument("--cut-offs", nargs="+", default=None, help="ISO dates; both built-in sets by default")
    parser.add_argument("--resamples", type=int, default=RESAMPLES)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    if not (asked.data / "touches.csv").exists():
        print(f"skipped: no touches.csv in {asked.data}. Give a folder with --data.", file=sys.stderr)
        return 0
    events = read_events(asked.data)
    sets = {"asked for": asked.cut_offs} if asked.cut_offs else {"cut-offs": CUT_OFFS, "shifted cut-offs": SHIFTED}
    for title, cut_offs in sets.items():
        answers = ask_everybody(asked.data, events, cut_offs)
        if not answers:
            print(f"skipped: the ledger ends before a horizon after {', '.join(cut_offs)}.", file=sys.stderr)
            continue
        Console(width=100).print(report(answers, title=title, resamples=asked.resamples, seed=asked.seed))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
