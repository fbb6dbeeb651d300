"""The indicators of a county's last whole screening, kept beside the lake for trials of other thresholds."""

import tempfile
from pathlib import Path

from shouwang.engine.run import Run
from shouwang.engine.trials import write_values
from shouwang.records import lake


def keep_values(*, run: Run, county: str, run_id: int) -> None:
    """Keep what a screening of all of a county read of every household, in place of the screening before it.

    Done twice it is the same; a run that came to nothing leaves a file that the next takes away.
    """
    with tempfile.TemporaryDirectory(dir=run.folder.parent) as folder:
        made = Path(folder) / "values.parquet"
        write_values(run, made)
        lake.put_rows(made, lake.values_path(county, run_id))
    lake.drop_values(county, before=run_id)
