"""Peewee: what is saved becomes one statement; in a transaction the row can be locked."""
import peewee
from fastapi import FastAPI, HTTPException

app = FastAPI()
db = peewee.PostgresqlDatabase("pages")


class Page(peewee.Model):
    id = peewee.AutoField()
    slug = peewee.CharField()
    state = peewee.CharField()
    visits = peewee.IntegerField(default=0)

    class Meta:
        database = db


@app.post("/pages/{page_id}/visit")
def visit(page_id: int):
    page = Page.get(Page.id == page_id)
    page.visits += 1
    page.save(only=[Page.visits])


@app.post("/pages/{page_id}/publish")
def publish(page_id: int):
    page = Page.get(Page.id == page_id)
    if page.state != "draft":
        raise HTTPException(409)
    page.state = "public"
    page.save()


@app.post("/pages/{page_id}/drop")
def drop(page_id: int, states: list[str]):
    with db.atomic():
        page = Page.get(Page.id == page_id)
        if page.state not in states:
            raise HTTPException(409)
        page.state = "dropped"
        page.save()


@app.post("/pages/{page_id}/burn")
def burn(page_id: int, states: list[str]):
    page = Page.get(Page.id == page_id)
    if page.state not in states:
        raise HTTPException(409)
    page.state = "burnt"
    page.save()
