# Items of DynamoDB: what is read and then written without a condition, and with one.

import os

import aioboto3
import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
client = boto3.client("dynamodb")
accounts = boto3.resource("dynamodb").Table(os.environ["ACCOUNTS_TABLE"])


async def wallets():
    async with aioboto3.Session().resource("dynamodb") as dynamo:
        yield await dynamo.Table("wallets")


class SeatRepository:
    def __init__(self) -> None:
        self.table = boto3.resource("dynamodb").Table("seats")

    def get(self, seat_id: str) -> dict | None:
        return self.table.get_item(Key={"id": seat_id}, ConsistentRead=True).get("Item")

    def hold(self, seat_id: str, who: str) -> None:
        self.table.update_item(
            Key={"id": seat_id},
            UpdateExpression="SET #s = :held, holder = :who",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":held": "held", ":who": who},
        )


@app.post("/seats/{seat_id}/hold")
def hold(seat_id: str, who: str, seats: SeatRepository = Depends()):
    seat = seats.get(seat_id)
    if not seat:
        raise HTTPException(404)
    if seat["status"] != "free":  # want MB805 "seats"
        raise HTTPException(409)
    seats.hold(seat_id, who)


@app.put("/handles/{handle}")
def claim(handle: str, user_id: str):
    found = client.get_item(TableName="handles", Key={"handle": {"S": handle}})
    if "Item" in found:  # want MB805 "handles"
        raise HTTPException(409)
    client.put_item(TableName="handles", Item={"handle": {"S": handle}, "user_id": {"S": user_id}})


@app.post("/accounts/{account_id}/visits")
def visit(account_id: str):
    account = accounts.get_item(Key={"id": account_id})["Item"]
    accounts.put_item(Item={"id": account_id, "visits": account["visits"] + 1})  # want MB805 "visits|accounts|ACCOUNTS"


@app.post("/wallets/{wallet_id}/spend")
async def spend(wallet_id: str, cents: int, table=Depends(wallets)):
    response = await table.get_item(Key={"id": wallet_id})
    wallet = response.get("Item")
    if wallet is None or wallet["cents"] < cents:  # want MB805 "wallets"
        raise HTTPException(402)
    await table.update_item(
        Key={"id": wallet_id},
        UpdateExpression="SET cents = cents - :n",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues={":n": cents},
    )
