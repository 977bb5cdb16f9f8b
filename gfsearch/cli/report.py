"""The commands that read a study: its state, its report, one of its figures."""

from __future__ import annotations

import json
import webbrowser
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from gfsearch.cli.options import PathType, options
from gfsearch.cli.terminal import DONE, SOME_FAILED, console, printable
from gfsearch.specs.errors import InputError
from gfsearch.study.cost_kinds import COST_KINDS

if TYPE_CHECKING:
    from gfsearch.study.study import Study

_COSTS = {kind.label: cost for cost, kind in COST_KINDS.items()}


@click.command()
@click.argument("study", type=PathType())
@options("allow_imports", "json")
def status(study: Path, allow_imports: bool, as_json: bool) -> int:
    """Say what of the study in the folder STUDY is done, running and failed."""
    from gfsearch.report.wording import failures
    from gfsearch.study.study import Study

    opened = Study.open(study, allow_imports=allow_imports)
    running, lost = opened.begun()
    results = opened.results()
    at_work = Counter((marker.task, marker.searcher) for marker in running.values())
    rows = [
        {
            "task": cell.task.name,
            "searcher": cell.searcher.label,
            "planned": cell.planned,
            "done": len(cell.results),
            "solved": int(cell.solved.sum()),
            "running": at_work[cell.task.name, cell.searcher.label],
            "failed": len(cell.failed),
        }
        for cell in results.cells
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return DONE
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in rows[0]:
        text = name in ("task", "searcher")
        justify: JustifyMethod = "left" if text else "right"
        table.add_column(name, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row.values()))
    console().print(table)
    planned = sum(cell.planned for cell in results.cells)
    done = sum(len(cell.results) for cell in results.cells)
    failed = sum(len(cell.failed) for cell in results.cells)
    click.echo(
        f"{done} of {planned} runs done, {len(running)} running, {failed} failed"
    )
    # A process may die when the record of its run is written.
    done_with = (part["key"] for c in results.cells for part in (c.results, c.failed))
    lost -= {key.decode() for keys in done_with for key in keys.tolist()}
    processes = Counter((marker.host, marker.pid) for marker in running.values())
    for host, number in sorted(Counter(host for host, _ in processes).items()):
        click.echo(f"running: {printable(host)}, {number} processes")
    if lost:
        click.echo(
            f"{len(lost)} runs were lost with their processes: run the study again"
        )
    for line in failures(results):
        click.echo(printable(line))
    for line in results.reasons:
        click.echo(line)
    return DONE


@click.command()
@click.argument("study", type=PathType())
@click.option(
    "--parquet",
    is_flag=True,
    help="Also write the tables, and all runs, as Parquet (needs pyarrow).",
)
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@options("allow_imports", "quiet", "json")
def report(
    study: Path,
    parquet: bool,
    opens: bool,
    allow_imports: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Write tables, figures and a page of the study in the folder STUDY."""
    from gfsearch.study.study import Study

    opened = Study.open(study, allow_imports=allow_imports)
    return report_on(opened, as_json=as_json, quiet=quiet, parquet=parquet, opens=opens)


def report_on(
    study: Study,
    *,
    as_json: bool,
    quiet: bool,
    parquet: bool = False,
    opens: bool = False,
) -> int:
    """Write the report, print its tables, name its files, and open its page."""
    from gfsearch.cli.printing import print_across, print_summary, published_table
    from gfsearch.report.answer import sentences
    from gfsearch.report.tables import to_records
    from gfsearch.report.verdicts import verdicts_in_words
    from gfsearch.report.wording import methods, remarks
    from gfsearch.report.writing import write_report

    try:
        made = write_report(study, parquet=parquet)
    except OSError as error:
        raise InputError(
            f"cannot write the report to {study.folder}: {error.strerror}"
        ) from None
    sentence, further = sentences(made.tables)
    if as_json:
        told: dict[str, object] = {"answer": sentence, "further": further}
        told |= {name: to_records(table) for name, table in made.tables.items()}
        click.echo(json.dumps(told, indent=2))
    else:
        terminal = console()
        terminal.print(Text(printable(sentence), style="bold"))
        for line in further:
            terminal.print(Text(printable(line)))
        terminal.print()
        print_summary(terminal, study.suite.title or study.suite.name, made)
        if made.tables["across"].tasks.max() > 1:
            print_across(terminal, made.tables["across"])
        if len(made.tables["published"]):
            terminal.print(published_table(made.tables["published"]))
            if verdicts := verdicts_in_words(made.tables["published"]):
                terminal.print(Text(verdicts))
        for line in methods(made.tables["searchers"]):
            terminal.print(Text(printable(line), style="dim"))
    for remark in remarks(made.results):
        click.echo(f"note: {remark}", err=True)
    if not quiet:
        click.echo(f"wrote {made.folder}: {made.contents()}", err=as_json)
        click.echo(f"page: {made.page}", err=as_json)
    if opens and not webbrowser.open(made.page.resolve().as_uri()):
        click.echo(f"note: no browser found to open {made.page}", err=True)
    failed = any(cell.failed for cell in made.results.cells)
    return SOME_FAILED if failed else DONE


@click.command()
@click.argument("study", type=PathType())
@click.argument("figure")
@options("tasks", "searchers", "allow_imports")
@click.option(
    "--cost",
    type=click.Choice(list(_COSTS)),
    help="The only cost to show [default: all, or trials where there is room for one].",
)
@click.option(
    "--out",
    type=PathType(),
    help="The file, .png, .svg or .pdf [default: FIGURE.png].",
)
def plot(
    study: Path,
    figure: str,
    tasks: list[str],
    searchers: list[str],
    allow_imports: bool,
    cost: str | None,
    out: Path | None,
) -> int:
    """Draw one FIGURE of the study in the folder STUDY, and write its numbers as CSV.

    `list figures` names them. Colours, limits and what searchers are compared with
    are the whole study's, whichever tasks and searchers are drawn.
    """
    from gfsearch.report.captions import STUDY_FIGURES
    from gfsearch.specs.errors import unknown
    from gfsearch.study.study import Study

    if figure not in STUDY_FIGURES:
        raise unknown("figure", figure, STUDY_FIGURES)
    opened = Study.open(study, allow_imports=allow_imports)
    results = opened.results().only(tasks, searchers)
    only = None if cost is None else _COSTS[cost]
    # Here and not above: matplotlib takes a second to load.
    from gfsearch.report.figures import draw
    from gfsearch.report.figures.saving import write
    from gfsearch.report.tables import Tables

    drawing = draw(Tables(results), figure, only)
    if drawing is None:
        raise InputError(
            f"{figure}: nothing in {study} to draw: {STUDY_FIGURES[figure]}"
        )
    path = out or Path(f"{figure}.png")
    write(drawing.figure, path)
    numbers = path.with_suffix(".csv")
    drawing.data.to_csv(numbers, index=False)
    click.echo(f"wrote {path} {numbers}", err=True)
    return DONE
