"""A save of all columns gives back what it loaded: it takes from whoever writes another column, and to who writes the same it is only the later one."""
from fastapi import FastAPI, HTTPException
from tortoise import fields
from tortoise.models import Model

app = FastAPI()


class Guide(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    phrase = fields.CharField(max_length=80)
    tours = fields.IntField(default=0)


class Museum(Model):
    id = fields.IntField(primary_key=True)
    state = fields.CharField(max_length=20)
    visitors = fields.IntField(default=0)
    closed_by = fields.CharField(max_length=80, null=True)


@app.put("/guides/{guide_id}/phrase")
async def change_phrase(guide_id: int, old: str, new: str):
    guide = await Guide.get(id=guide_id)
    if guide.phrase != old:
        raise HTTPException(403)
    guide.phrase = new
    await guide.save()  # want MB101 "both pass the check on the old value"


@app.post("/guides/{guide_id}/tours")
async def count_tour(guide_id: int):
    guide = await Guide.get(id=guide_id)
    guide.tours = 1
    await guide.save()  # want MB101 "/guides/{guide_id}/phrase"


@app.post("/guides/{guide_id}/tours/none")
async def forget_tours(guide_id: int):
    guide = await Guide.get(id=guide_id)
    guide.tours = 0
    await guide.save()  # want MB101 "/guides/{guide_id}/phrase"


@app.post("/museums/{museum_id}/close")
async def close(museum_id: int, by: str):
    museum = await Museum.get(id=museum_id)
    if museum.state != "open":
        raise HTTPException(409)
    museum.state = "closed"
    museum.closed_by = by
    await museum.save()  # want MB107 "Two simultaneous"


@app.post("/museums/{museum_id}/visit")
async def visit(museum_id: int):
    await Museum.filter(id=museum_id).update(visitors=1)
