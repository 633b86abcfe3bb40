"""The highest number of rows that are records of Peewee, Piccolo and Tortoise: asked for, or that of the row which comes first."""
from fastapi import FastAPI
from peewee import CharField, IntegerField, Model, PostgresqlDatabase, fn
from piccolo.columns import Integer, Varchar
from piccolo.query import Max
from piccolo.table import Table
from tortoise import fields
from tortoise.models import Model as TortoiseModel

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


class Voucher(TortoiseModel):
    id = fields.IntField(primary_key=True)
    shop = fields.IntField()
    number = fields.IntField()
    buyer = fields.CharField(max_length=40)


@app.post("/tills/{till}/copies")
def copy(till: int, clerk: str):
    with database.atomic():
        last = Receipt.select().where(Receipt.till == till).order_by(Receipt.number.desc()).first()
        Receipt.create(till=till, number=last.number + 1 if last else 1, clerk=clerk)  # want MB113 "receipt"


@app.post("/depots/{depot}/returns")
async def give_back(depot: int, driver: str):
    last = await Delivery.objects().where(Delivery.depot == depot).order_by(Delivery.number, ascending=False).first()
    await Delivery(depot=depot, number=last.number + 1, driver=driver).save()  # want MB113 "delivery"


@app.post("/shops/{shop}/vouchers")
async def voucher(shop: int, buyer: str):
    last = await Voucher.filter(shop=shop).order_by("-number").first()
    number = last.number + 1 if last else 1  # step MB113 read
    await Voucher.create(shop=shop, number=number, buyer=buyer)  # want MB113 "voucher"


# The one with the lowest number comes first: nothing goes on from there.
@app.post("/shops/{shop}/second")
async def second(shop: int, buyer: str):
    first = await Voucher.filter(shop=shop).order_by("number").first()
    await Voucher.create(shop=shop, number=first.number + 1, buyer=buyer)
