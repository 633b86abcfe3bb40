"""The highest number of rows that are records of Peewee and Piccolo."""
from fastapi import FastAPI
from peewee import CharField, IntegerField, Model, PostgresqlDatabase, fn
from piccolo.columns import Integer, Varchar
from piccolo.query import Max
from piccolo.table import Table

database = PostgresqlDatabase("shop")
app = FastAPI()


class Receipt(Model):
    till = IntegerField()
    number = IntegerField()
    clerk = CharField()

    class Meta:
        database = database


class Delivery(Table):
    depot = Integer()
    number = Integer()
    driver = Varchar()


@app.post("/tills/{till}/receipts")
def receipt(till: int, clerk: str):
    with database.atomic():
        last = Receipt.select(fn.MAX(Receipt.number)).where(Receipt.till == till).scalar()  # step MB113 read
        Receipt.create(till=till, number=(last or 0) + 1, clerk=clerk)  # want MB113 "receipt"


@app.post("/depots/{depot}/deliveries")
async def delivery(depot: int, driver: str):
    last = await Delivery.select(Max(Delivery.number)).where(Delivery.depot == depot).first()  # step MB113 read
    await Delivery(depot=depot, number=last["max"] + 1, driver=driver).save()  # want MB113 "delivery"
