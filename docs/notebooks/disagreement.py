"""Where the sources disagree: by pair of sources, by field, and who is wrong how often."""

import marimo

app = marimo.App(width="medium", app_title="Where the sources disagree")


@app.cell
def _():
    import altair as alt
    import marimo as mo
    import polars as pl

    from reconciliation.register import Register
    from study.agreement import agreement_matrix, compare_sources

    register = Register.open()
    compared = compare_sources(register.table("source_records"), register.table("order_sources"))
    mo.md("# Where the sources disagree")
    return agreement_matrix, alt, compared, mo, pl, register


@app.cell
def _(agreement_matrix, alt, compared, mo):
    matrix = agreement_matrix(compared)
    base = alt.Chart(matrix).encode(x="source:N", y="other_source:N")
    tiles = base.mark_rect().encode(color=alt.Color("share:Q", scale=alt.Scale(domain=[0.5, 1])))
    chart = alt.layer(tiles, base.mark_text().encode(text=alt.Text("share:Q", format=".1%")))
    mo.vstack([mo.md("## How often two say the same of an order that both hold"), chart.properties(width=320)])
    return


@app.cell
def _(compared, mo, pl):
    worst = (
        compared.group_by("field")
        .agg(pl.col("compared", "agreeing").sum())
        .with_columns(share=(pl.col("agreeing") / pl.col("compared")).round(3))
        .sort("share")
    )
    mo.vstack([mo.md("## In which fields"), mo.ui.table(worst)])
    return


@app.cell
def _(mo, register):
    wrong = register.sql("""
        SELECT source, field, statements, error_rate, low, high FROM source_reliability ORDER BY error_rate DESC LIMIT 15
    """)
    note = "Estimated from who agrees with whom: an error that all sources share is not seen."
    mo.vstack([mo.md(f"## Who is wrong how often\n\n{note}"), mo.ui.table(wrong)])
    return


if __name__ == "__main__":
    app.run()
