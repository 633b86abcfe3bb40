"""What is looked for is made where it is not found, in one expression."""
from fastapi import FastAPI
from peewee import CharField, IntegrityError, Model, PostgresqlDatabase

db = PostgresqlDatabase("library")
app = FastAPI()


class Shelf(Model):
    label = CharField()

    class Meta:
        database = db


class Genre(Model):
    label = CharField(unique=True)

    class Meta:
        database = db


def shelf_of(label: str) -> Shelf:
    shelf = Shelf.get_or_none(Shelf.label == label)
    return shelf or Shelf.create(label=label)  # want MB115 "shelf"


def genre_of(label: str) -> Genre:
    try:
        return Genre.create(label=label)
    except IntegrityError:
        return Genre.get(Genre.label == label)


@app.post("/shelves")
def shelves(labels: list[str]):
    return [shelf_of(label).id for label in labels]


@app.post("/genres")
def genres(labels: list[str]):
    return [genre_of(label).id for label in labels]
