"""Firestore: documents that are read and written, and what a transaction does with them."""
import firebase_admin
from fastapi import FastAPI, HTTPException
from firebase_admin import firestore

db = firestore.client(firebase_admin.initialize_app())
app = FastAPI()


@app.post("/wells/{well_id}/draw")
def draw(well_id: str, litres: int):
    ref = db.collection("wells").document(well_id)
    well = ref.get()
    if not well.exists:
        raise HTTPException(404)
    left = well.to_dict()["litres"]
    ref.update({"litres": left - litres})  # want MB805 "wells"


@app.post("/wells/{well_id}/draw/reckoned")
def draw_reckoned(well_id: str, litres: int):
    db.collection("wells").document(well_id).update({"litres": firestore.Increment(-litres)})


@app.post("/wells/{well_id}/draw/safely")
def draw_safely(well_id: str, litres: int):
    ref = db.collection("wells").document(well_id)

    @firestore.transactional
    def take(transaction):
        left = ref.get(transaction=transaction).get("litres")
        if left < litres:
            raise HTTPException(409)
        transaction.update(ref, {"litres": left - litres})

    take(db.transaction())


@app.post("/ropes")
def add(name: str):
    ropes = db.collection("ropes")
    if list(ropes.where(filter=firestore.FieldFilter("name", "==", name)).limit(1).stream()):  # want MB103 "name"
        raise HTTPException(409)
    ropes.add({"name": name, "state": "new"})


@app.post("/ropes/{rope_id}")
def add_once(rope_id: str):
    db.collection("ropes").document(rope_id).create({"state": "new"})
