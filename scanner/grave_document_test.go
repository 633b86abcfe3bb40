package scanner

import "testing"

const posted = `
from datetime import datetime
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient

post = AsyncIOMotorClient("mongodb://localhost")["post"]
app = FastAPI()
`

func TestGraveDocument(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a letter is sent twice, and billed twice", "MB805 high", `
@app.post("/letters/{id}/send")
async def send(id: str):
    letter = await post.letters.find_one({"_id": id})
    if letter["state"] != "sealed":
        raise HTTPException(409)
    await post.letters.update_one({"_id": id}, {"$set": {"state": "sent"}})
    await post.bills.insert_one({"letter": id, "stamps": letter["stamps"]})
`},
		{"a letter is marked twice with the same words", "MB805 medium", `
@app.post("/letters/{id}/send")
async def send(id: str):
    letter = await post.letters.find_one({"_id": id})
    if letter["state"] != "sealed":
        raise HTTPException(409)
    await post.letters.update_one({"_id": id}, {"$set": {"state": "sent"}})
`},
		{"what is asked about a letter is not seen, and its note is written", "MB805 medium", `
from desk import allowed
@app.post("/letters/{id}/note")
async def note(id: str, text: str):
    letter = await post.letters.find_one({"_id": id})
    if not allowed(letter):
        raise HTTPException(403)
    await post.letters.update_one({"_id": id}, {"$set": {"note": text}})
`},
		{"what is not as it should be is put right, and nobody is turned away", "MB805 medium", `
@app.get("/letters/{id}")
async def look(id: str):
    letter = await post.letters.find_one({"_id": id})
    if letter.get("place") != "desk":
        await post.letters.update_one({"_id": id}, {"$set": {"place": "desk", "seen": datetime.utcnow()}})
    else:
        await post.letters.update_one({"_id": id}, {"$set": {"seen": datetime.utcnow()}})
    return letter["text"]
`},
		{"what is made only where it is missing stays as it is", "", `
@app.post("/letters")
async def write(text: str):
    house = await post.houses.find_one({"_id": "ours"})
    if house and not house.get("open", True):
        raise HTTPException(403)
    await post.letters.insert_one({"text": text})
    await post.houses.update_one({"_id": "ours"}, {"$setOnInsert": {"open": True, "since": datetime.utcnow()}}, upsert=True)
`},
		{"it is given another value as well", "MB805 high", `
@app.post("/letters")
async def write(text: str):
    house = await post.houses.find_one({"_id": "ours"})
    if house and not house.get("open", True):
        raise HTTPException(403)
    await post.letters.insert_one({"text": text})
    await post.houses.update_one({"_id": "ours"}, {"$setOnInsert": {"since": datetime.utcnow()}, "$set": {"open": False}}, upsert=True)
`},
		{"a letter is put aside, and another one is written", "", `
from beanie import Document
class Letter(Document):
    text: str
    aside: bool = False
@app.post("/letters")
async def write(text: str):
    await Letter(text=text).insert()
@app.delete("/letters")
async def clear():
    for letter in await Letter.find({"aside": False}).to_list():
        letter.aside = True
        await letter.save()
`},
		{"somebody keeps a few more letters than a constant allows", "MB105 medium", members + `
class Letter(Document):
    by: str
@app.post("/letters")
async def write(member: Member = Depends(caller)):
    if await Letter.find({"by": member.id}).count() >= 5:
        raise HTTPException(409)
    await Letter(by=member.id).insert()
`},
		{"what a member says about himself is written over by his other request", "MB805 medium", members + `
@app.put("/me/street")
async def move(street: str, member: Member = Depends(caller)):
    member.street = street
    await member.save()
@app.put("/me/name")
async def rename(name: str, member: Member = Depends(caller)):
    member.name = name
    await member.save()
`},
		{"the password that a member has just changed comes back", "MB805 high", members + `
@app.put("/me/street")
async def move(street: str, member: Member = Depends(caller)):
    member.street = street
    await member.save()
@app.put("/me/password")
async def change(password: str, member: Member = Depends(caller)):
    member.password = password
    await member.save()
`},
		{"what was given the caller's name once is given it twice", "MB805 medium", `
@app.post("/letters/{id}/take")
async def take(id: str, who: str):
    letter = await post.letters.find_one({"_id": id})
    if letter["taken"]:
        raise HTTPException(409)
    await post.letters.update_one({"_id": id}, {"$set": {"taken": True, "by": who}})
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, posted+c.src, c.want) })
	}
}

const members = `
from beanie import Document
from fastapi import Depends
class Member(Document):
    key: str
    name: str
    street: str
    password: str
async def caller(key: str):
    member = await Member.find_one({"key": key})
    if member is None:
        raise HTTPException(401)
    return member
`
