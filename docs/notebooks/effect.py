"""The effect study, step by step: which orders, which arrests, what changed, and what that does not show."""

import marimo

app = marimo.App(width="medium", app_title="The effect study")


@app.cell
def _():
    import marimo as mo

    from reconciliation.register import Register
    from study.effect.study import make_study
    from study.effect.study_data import data_of_register
    from study.effect.study_settings import StudyError, StudySettings
    from study.effect.summary import summarise_study

    register = Register.open()
    mo.md("# Arrests before and after orders")
    return StudyError, StudySettings, data_of_register, make_study, mo, register, summarise_study


@app.cell
def _(mo):
    kind = mo.ui.dropdown(["STRO", "STPO", "TERO", "TEPO"], value="STRO", label="Type of order")
    months = mo.ui.slider(6, 36, step=6, value=24, label="Months before and after")
    mo.hstack([kind, months], justify="start")
    return kind, months


@app.cell
def _(StudyError, StudySettings, data_of_register, kind, make_study, mo, months, register):
    settings = StudySettings(order_type=kind.value, window_months=months.value)
    data = data_of_register(register.table, sure=settings.sure)
    try:
        study = make_study(data, settings, as_of=register.release.as_of)
    except StudyError as error:
        study = None
        mo.output.replace(mo.md(f"No study: {error}"))
    return (study,)


@app.cell
def _(mo, study, summarise_study):
    mo.stop(study is None)
    mo.md("\n\n".join(["## What it finds", *summarise_study(study)]))
    return


@app.cell
def _(mo, study):
    mo.stop(study is None)
    reasons = study.cohort.orders.group_by("reason").len().sort("len", descending=True)
    mo.vstack([mo.md("## Why orders drop out (null: eligible)"), mo.ui.table(reasons)])
    return


@app.cell
def _(mo, study):
    mo.stop(study is None)
    mo.vstack([mo.md("## Changes by category"), mo.ui.table(study.changes)])
    return


if __name__ == "__main__":
    app.run()
