"""engine: sqlite. Peewee."""
import os

import peewee
from fastapi import FastAPI, HTTPException

app = FastAPI()
db = peewee.SqliteDatabase(os.environ.get("STORE_DB", "pages.db"))


class Page(peewee.Model):
    id = peewee.AutoField()
    state = peewee.CharField(default="draft")
    copies = peewee.IntegerField(default=1)

    class Meta:
        database = db


db.create_tables([Page])


@app.post("/pages", status_code=201)
def create_page():
    page = Page.create()
    return {"id": page.id, "state": page.state}


@app.get("/pages/{page_id}")
def read_page(page_id: int):
    page = Page.get(Page.id == page_id)
    return {"id": page.id, "state": page.state, "copies": page.copies}


@app.post("/pages/{page_id}/publish")
def publish_page(page_id: int):
    page = Page.get(Page.id == page_id)
    if page.state != "draft":
        raise HTTPException(409)
    page.state = "public"
    page.save()
    return {"ok": True}


@app.post("/pages/{page_id}/lend")
def lend_page(page_id: int):
    page = Page.get(Page.id == page_id)
    if page.copies < 1:
        raise HTTPException(409)
    page.copies -= 1
    page.save(only=[Page.copies])
    return {"ok": True}
