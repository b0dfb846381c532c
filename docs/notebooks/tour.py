"""A tour of the register: who is bound, by what, and where a value comes from. `marimo edit docs/notebooks/tour.py`."""

import marimo

app = marimo.App(width="medium", app_title="A tour of the register")


@app.cell
def _():
    import marimo as mo

    from reconciliation.register import Register

    register = Register.open()  # CONCORD_HOME, or .concord
    mo.md(f"""
    # A tour of the register

    Release **{register.release.release_id}**. Every query reads the release and nothing else; the tables and views
    are in the data dictionary. Orders that may be in force count as in force.
    """)
    return mo, register


@app.cell
def _(mo, register):
    bound = register.sql("SELECT nation, order_type, count(*) AS orders FROM bound_today GROUP BY ALL ORDER BY ALL")
    mo.vstack([mo.md("## Who is bound today"), mo.ui.table(bound)])
    return


@app.cell
def _(mo, register):
    ending = register.sql("SELECT order_id, order_type, force_name, days_left FROM expiring(90) ORDER BY days_left")
    mo.vstack([mo.md(f"## What ends within 90 days: {ending.height} orders"), mo.ui.table(ending)])
    return


@app.cell
def _(mo, register):
    use = register.sql("""
        SELECT label, sum(order_count)::BIGINT AS orders, sum(live_count)::BIGINT AS in_force
        FROM prohibition_use GROUP BY ALL ORDER BY orders DESC LIMIT 10
    """)
    mo.vstack([mo.md("## What they may not do, most often"), mo.ui.table(use)])
    return


@app.cell
def _(mo, register):
    first = register.sql("SELECT min(order_id) FROM orders").item()
    why = register.explain(first)
    values = why.provenance.select("field", "value", "source", "rule", "confidence")
    mo.vstack([mo.md(f"## Where the values of {first} come from"), mo.ui.table(values)])
    return


if __name__ == "__main__":
    app.run()
