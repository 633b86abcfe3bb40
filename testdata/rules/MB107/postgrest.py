# Tables behind PostgREST: each execute() is one request and one transaction.

import os

from fastapi import Depends, FastAPI, HTTPException
from supabase import AsyncClient, Client, acreate_client, create_client

app = FastAPI()
supabase: Client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])


async def client() -> AsyncClient:
    return await acreate_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_KEY"])


@app.post("/rides/{ride_id}/accept")
async def accept(ride_id: int, driver_id: str, db: AsyncClient = Depends(client)):
    ride = await db.table("rides").select("id, status").eq("id", ride_id).single().execute()
    if ride.data["status"] != "requested":  # want MB107 "rides.status"
        raise HTTPException(409)
    await db.table("rides").update({"status": "accepted", "driver_id": driver_id}).eq("id", ride_id).execute()


@app.post("/rides/{ride_id}/cancel")
async def cancel_ok(ride_id: int, db: AsyncClient = Depends(client)):
    done = await db.table("rides").update({"status": "cancelled"}).eq("id", ride_id).eq("status", "requested").execute()
    if not done.data:
        raise HTTPException(409)


@app.post("/wallets/{wallet_id}/spend")
def spend(wallet_id: int, cents: int):
    found = supabase.table("wallets").select("*").eq("id", wallet_id).limit(1).execute()
    if not found.data:
        raise HTTPException(404)
    wallet = found.data[0]
    if wallet["cents"] < cents:  # want MB101 "wallets.cents"
        raise HTTPException(402)
    supabase.table("wallets").update({"cents": wallet["cents"] - cents}).eq("id", wallet_id).execute()


@app.post("/projects")
def add_project(owner: str, name: str):
    mine = supabase.table("projects").select("id", count="exact").eq("owner", owner).execute()
    if mine.count >= 3:  # want MB105 "projects"
        raise HTTPException(403)
    supabase.table("projects").insert({"owner": owner, "name": name}).execute()


@app.post("/profiles")
def sign_up(email: str):
    if supabase.table("profiles").select("id").eq("email", email).execute().data:  # want MB103 "profiles.email"
        raise HTTPException(409)
    supabase.table("profiles").insert({"email": email}).execute()


@app.patch("/people/{person_id}")
def edit(person_id: str, bio: str, user: str):
    person = supabase.table("people").select("owner").eq("id", person_id).maybe_single().execute()
    if not person or person.data["owner"] != user:
        raise HTTPException(404)
    supabase.table("people").update({"bio": bio}).match({"id": person_id}).execute()


@app.post("/tags/{name}")
def tag(name: str):
    if not supabase.table("tags").select("name").eq("name", name).execute().data:
        supabase.table("tags").upsert({"name": name}, on_conflict="name").execute()
