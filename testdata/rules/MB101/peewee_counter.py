"""Peewee: values computed in Python, or by the store."""
from fastapi import FastAPI, HTTPException
from peewee import CharField, IntegerField, Model
from playhouse.pool import PooledPostgresqlDatabase

db = PooledPostgresqlDatabase("gym")
app = FastAPI()


class BaseModel(Model):
    class Meta:
        database = db


class Page(BaseModel):
    slug = CharField(unique=True)
    visits = IntegerField(default=0)


@app.post("/pages/{slug}/visit")
def visit(slug: str):
    page = Page.get_or_none(Page.slug == slug)  # step MB101 read
    if page is None:
        raise HTTPException(404)
    page.visits = page.visits + 1
    page.save(only=[Page.visits])  # want MB101 "visits"


@app.post("/v2/pages/{slug}/visit")
def visit_atomic(slug: str):
    with db.atomic():
        page = Page.get(Page.slug == slug)
        page.visits += 1
        page.save()  # want MB101 "visits"


@app.post("/v3/pages/{slug}/visit")
def visit_in_store(slug: str):
    if Page.update(visits=Page.visits + 1).where(Page.slug == slug).execute() == 0:
        raise HTTPException(404)


@app.post("/v4/pages/{slug}/visit")
@db.atomic()
def visit_locked(slug: str):
    page = Page.select().where(Page.slug == slug).for_update().get()
    page.visits += 1
    page.save()
