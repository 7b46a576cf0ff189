"""The measures by hand on a few customers, and the list on a real ledger beside its rivals."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bench.measures import Case, Judged, Seen, loss_captured, measure, roc_auc
from bench.quality import DATA, HALF, OURS, ask_in, cases, read_events, view
from bench.rivals import RIVALS

CUT_OFF = date(2026, 6, 30)
CASE = Case(CUT_OFF, horizon_days=90)


def ago(*days: int) -> tuple[date, ...]:
    return tuple(CUT_OFF - timedelta(days=count) for count in days)


@pytest.mark.parametrize(
    ("pairs", "auc"),
    [
        ([(1, False), (2, False), (3, True)], 1.0),
        ([(3, False), (2, False), (1, True)], 0.0),
        ([(1, False), (1, True)], 0.5),
        ([(1, False), (2, True), (3, False), (4, True)], 0.75),
        ([(1, True), (2, True)], 0.5),
    ],
)
def test_roc_auc_counts_pairs_in_the_right_order_and_ties_half(pairs: list[tuple[float, bool]], auc: float) -> None:
    assert roc_auc(pairs) == auc


def test_a_perfect_judge_of_silence_gets_one() -> None:
    stayed = Seen("stayed", ago(20, 10, 0), 1.0, ((CUT_OFF + timedelta(days=5), 10.0),))
    gone = Seen("gone", ago(80, 70, 60), 1.0, ())
    late = Seen("late", ago(50, 40, 30), 1.0, ((CUT_OFF + timedelta(days=31), 10.0),))
    judged = [Judged(0.0, 0.0), Judged(2.0, 2.0), Judged(1.0, 1.0)]
    measured = measure([stayed, gone, late], judged, CASE)
    assert (measured.a_rhy, measured.a_own) == (1.0, 1.0)
    assert measure([stayed, gone, late], judged[::-1], CASE).a_own < 1.0


def test_customers_without_a_rhythm_are_not_judged_by_silence() -> None:
    twice = Seen("twice", ago(10, 0), 1.0, ())
    assert measure([twice], [Judged(1.0, 1.0)], CASE).a_rhy == 0.5


def test_loss_is_what_the_valuable_third_stopped_spending() -> None:
    """Thirty active customers, so ten in the top third and one in the first tenth of them."""
    rich = [Seen(f"rich{n}", ago(60, 30, 0), 10.0 + n, ()) for n in range(10)]
    poor = [Seen(f"poor{n}", ago(60, 30, 0), 1.0, ()) for n in range(20)]
    everybody = [*rich, *poor]
    by_value = [Judged(0.0, customer.spend_per_day) for customer in everybody]
    worst = [Judged(0.0, -customer.spend_per_day) for customer in everybody]
    assert loss_captured(everybody, by_value, CASE) == 1.0
    assert loss_captured(everybody, worst, CASE) == pytest.approx(10 / 19)


def test_spending_half_as_much_is_no_loss() -> None:
    half = ((CUT_OFF + timedelta(days=1), 450.0),)
    stayed = [Seen(f"stayed{n}", ago(60, 30, 0), 10.0, half) for n in range(3)]
    assert loss_captured(stayed, [Judged(0.0, 0.0)] * 3, CASE) == 0.0


def test_what_comes_after_the_cut_off_is_not_seen_before_it() -> None:
    events = {"acme": [(CUT_OFF, 5.0), (CUT_OFF + timedelta(days=1), 7.0)], "new": [(CUT_OFF + timedelta(days=2), 1.0)]}
    (acme,) = view(events, CASE)
    assert acme.days == (CUT_OFF,)
    assert acme.spend_per_day == pytest.approx(5 / 180)
    assert acme.later == ((CUT_OFF + timedelta(days=1), 7.0),)


def test_a_case_needs_its_whole_horizon_in_the_ledger() -> None:
    events = {"acme": [(date(2026, 9, 29), 1.0)]}
    assert cases(["2026-06-30", "2026-07-01"], events) == [Case(date(2026, 6, 30), 90), Case(date(2026, 7, 1), 90)]


def test_without_a_ledger_the_bench_says_why_it_is_skipped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.quality", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert f"skipped: no touches.csv in {tmp_path}" in done.stderr


@pytest.mark.skipif(not (DATA / "touches.csv").exists(), reason="the ledger of a music shop is not here")
def test_on_a_real_ledger_the_list_beats_every_rule_that_teams_use() -> None:
    answer = ask_in(Case(date(1997, 9, 30), 90), DATA, read_events(DATA))
    ours = answer.measured(OURS).mean
    assert ours > 0.72
    assert all(ours > answer.measured(rival).mean + 0.02 for rival in RIVALS)
    assert answer.measured(HALF).mean > 0.70
