"""Django's ORM under FastAPI: get, test, save; and the same in one statement, under a lock, or only for what changed."""
from asgiref.sync import sync_to_async
from django.db import models, transaction
from fastapi import FastAPI, HTTPException

app = FastAPI()


class Parcel(models.Model):
    id = models.BigAutoField(primary_key=True)
    status = models.CharField(max_length=20, default="new")
    note = models.TextField(default="")


@app.post("/parcels/{parcel_id}/cancel")
def cancel(parcel_id: int):
    parcel = Parcel.objects.get(pk=parcel_id)  # step MB107 read
    if parcel.status != "new":  # step MB107 check
        raise HTTPException(409)
    parcel.status = "cancelled"
    parcel.save(update_fields=["status"])  # want MB107 "status"


@app.post("/parcels/{parcel_id}/ship")
async def ship(parcel_id: int):
    parcel = await Parcel.objects.filter(id=parcel_id).afirst()
    if parcel is None or parcel.status != "new":  # step MB107 check
        raise HTTPException(409)
    parcel.status = "shipped"
    await parcel.asave(update_fields=["status"])  # want MB107 "status"


@app.post("/v2/parcels/{parcel_id}/cancel")
def cancel_guarded(parcel_id: int):
    if not Parcel.objects.filter(pk=parcel_id, status="new").update(status="cancelled"):
        raise HTTPException(409)


@app.post("/v3/parcels/{parcel_id}/cancel")
def cancel_locked(parcel_id: int):
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
        if parcel.status != "new":
            raise HTTPException(409)
        parcel.status = "cancelled"
        parcel.save()


@transaction.atomic
def _cancel(parcel_id: int) -> None:
    parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
    if parcel.status != "new":
        raise HTTPException(409)
    parcel.status = "cancelled"
    parcel.save(update_fields=["status"])


@app.post("/v4/parcels/{parcel_id}/cancel")
async def cancel_in_thread(parcel_id: int):
    await sync_to_async(_cancel)(parcel_id)


@app.post("/v5/parcels/{parcel_id}/cancel")
async def cancel_counted(parcel_id: int):
    changed = await Parcel.objects.filter(pk=parcel_id, status__in=["new", "packed"]).aupdate(status="cancelled")
    if changed == 0:
        raise HTTPException(409)
