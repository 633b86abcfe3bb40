"""Peewee: atomic() is a transaction, and a transaction is not a lock."""
from fastapi import FastAPI, HTTPException
from peewee import CharField, ForeignKeyField, Model, PostgresqlDatabase

db = PostgresqlDatabase("gym")
app = FastAPI()


class Lesson(Model):
    name = CharField()

    class Meta:
        database = db


class Booking(Model):
    lesson = ForeignKeyField(Lesson, backref="bookings")
    guest = CharField()

    class Meta:
        database = db


class Waiting(Model):
    lesson = ForeignKeyField(Lesson, backref="waiting")
    guest = CharField()

    class Meta:
        database = db


@app.post("/lessons/{lesson_id}/bookings")
def book(lesson_id: int, guest: str):
    with db.atomic():
        if Booking.select().where(Booking.lesson == lesson_id).count() >= 8:  # step MB105 check
            raise HTTPException(409)
        Booking.create(lesson=lesson_id, guest=guest)  # want MB105 "booking"


@app.post("/lessons/{lesson_id}/waiting")
def wait(lesson_id: int, guest: str):
    with db.atomic():
        Lesson.select().where(Lesson.id == lesson_id).for_update().get()
        if Waiting.select().where(Waiting.lesson == lesson_id).count() >= 8:
            raise HTTPException(409)
        Waiting.create(lesson=lesson_id, guest=guest)
