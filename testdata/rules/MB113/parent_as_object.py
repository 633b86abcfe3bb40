"""Batches are numbered within their recipe, which is compared with as an object: the highest is asked for before or under a lock on the recipe."""
from fastapi import FastAPI, HTTPException
from peewee import CharField, ForeignKeyField, IntegerField, Model, PostgresqlDatabase, fn

database = PostgresqlDatabase("brewery")
app = FastAPI()


class Recipe(Model):
    title = CharField(unique=True)

    class Meta:
        database = database


class Batch(Model):
    recipe = ForeignKeyField(Recipe, backref="batches")
    serial = IntegerField()

    class Meta:
        database = database


@app.post("/recipes/{recipe_id}/batches")
def brew(recipe_id: int):
    with database.atomic():
        recipe = Recipe.get_or_none(Recipe.id == recipe_id)
        if recipe is None:
            raise HTTPException(404)
        latest = Batch.select(fn.MAX(Batch.serial)).where(Batch.recipe == recipe).scalar() or 0
        Batch.create(recipe=recipe, serial=latest + 1)  # want MB113 "batch"


@app.post("/recipes/{recipe_id}/locked-batches")
def brew_locked(recipe_id: int):
    with database.atomic():
        recipe = Recipe.select().where(Recipe.id == recipe_id).for_update().first()
        if recipe is None:
            raise HTTPException(404)
        latest = Batch.select(fn.MAX(Batch.serial)).where(Batch.recipe == recipe).scalar() or 0
        Batch.create(recipe=recipe, serial=latest + 1)
