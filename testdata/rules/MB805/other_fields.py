"""Documents of which one field decides and another one is changed: a race where somebody changes the one that decides."""
from bson import ObjectId
from fastapi import Depends, FastAPI, Header, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel

store = AsyncIOMotorClient("mongodb://store.example").recipes
app = FastAPI()


class Recipe(BaseModel):
    title: str
    steps: list[str]


async def cook(authorization: str = Header()) -> dict:
    found = await store.cooks.find_one({"token": authorization})
    if not found:
        raise HTTPException(401)
    return found


@app.put("/recipes/{recipe_id}")
async def rewrite(recipe_id: str, recipe: Recipe, who: dict = Depends(cook)):
    """Nobody gives a recipe to somebody else, and one that was thrown away is not there to be changed."""
    old = await store.recipes.find_one({"_id": ObjectId(recipe_id)})
    if not old:
        raise HTTPException(404)
    if old["cook"] != who["_id"]:
        raise HTTPException(403)
    await store.recipes.update_one({"_id": old["_id"]}, {"$set": recipe.model_dump()})


@app.delete("/recipes/{recipe_id}")
async def throw_away(recipe_id: str, who: dict = Depends(cook)):
    await store.recipes.delete_one({"_id": ObjectId(recipe_id), "cook": who["_id"]})


@app.patch("/recipes/{recipe_id}/title")
async def rename(recipe_id: str, title: str):
    old = await store.recipes.find_one({"_id": ObjectId(recipe_id)})
    if not old or old["locked"]:  # step MB805 check
        raise HTTPException(409)
    await store.recipes.update_one({"_id": old["_id"]}, {"$set": {"title": title}})  # want MB805 "recipes"


@app.post("/recipes/{recipe_id}/lock")
async def lock(recipe_id: str):
    await store.recipes.update_one({"_id": ObjectId(recipe_id)}, {"$set": {"locked": True}})


@app.put("/me/picture")
async def picture(url: str, who: dict = Depends(cook)):
    """What was read only names the document."""
    await store.cooks.update_one({"_id": who["_id"]}, {"$set": {"picture": url}})


@app.post("/recipes/{recipe_id}/stars")
async def star(recipe_id: str, stars: int):
    found = await store.ratings.find_one({"_id": recipe_id})
    if not found:
        raise HTTPException(404)
    found["stars"].append(stars)
    found["mean"] = sum(found["stars"]) / len(found["stars"])
    await store.ratings.replace_one({"_id": recipe_id}, found)  # want MB805 "ratings"


@app.post("/recipes/{recipe_id}/stars/pushed")
async def push_star(recipe_id: str, stars: int):
    done = await store.counted.update_one({"_id": recipe_id}, {"$push": {"stars": stars}, "$inc": {"sum": stars}})
    if done.matched_count == 0:
        raise HTTPException(404)
