"""Django's ORM: what is saved becomes one statement, in threads and in coroutines; or the row is locked in a transaction."""
from django.db import models
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Parcel(models.Model):
    id = models.BigAutoField(primary_key=True)
    status = models.CharField(max_length=20, default="new")
    stamps = models.IntegerField(default=0)


@app.post("/parcels/{parcel_id}/cancel")
def cancel(parcel_id: int):
    parcel = Parcel.objects.get(pk=parcel_id)
    if parcel.status == "shipped":
        raise HTTPException(409)
    parcel.status = "cancelled"
    parcel.save(update_fields=["status"])


@app.post("/parcels/{parcel_id}/ship")
async def ship(parcel_id: int):
    parcel = await Parcel.objects.aget(id=parcel_id)
    if parcel.status != "new":
        raise HTTPException(409)
    parcel.status = "shipped"
    await parcel.asave()


@app.post("/parcels/{parcel_id}/stamp")
def stamp(parcel_id: int):
    parcel = Parcel.objects.get(id=parcel_id)
    parcel.stamps += 1
    parcel.save()


@app.post("/parcels/{parcel_id}/lose")
def lose(parcel_id: int, states: list[str]):
    parcel = Parcel.objects.get(id=parcel_id)
    if parcel.status not in states:
        raise HTTPException(409)
    parcel.status = "lost"
    parcel.save()
