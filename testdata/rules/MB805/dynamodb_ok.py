# Items of DynamoDB that are written under a condition, or counted by the store itself.

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException

app = FastAPI()
dynamo = boto3.resource("dynamodb")
handles, wallets, pages, notes = dynamo.Table("handles"), dynamo.Table("wallets"), dynamo.Table("pages"), dynamo.Table("notes")


@app.put("/handles/{handle}")
def claim(handle: str, user_id: str):
    if "Item" in handles.get_item(Key={"handle": handle}):
        raise HTTPException(409)
    try:
        handles.put_item(Item={"handle": handle, "user_id": user_id}, ConditionExpression="attribute_not_exists(handle)")
    except ClientError as e:
        if e.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise HTTPException(409) from e
        raise


@app.post("/wallets/{wallet_id}/spend")
def spend(wallet_id: str, cents: int):
    wallet = wallets.get_item(Key={"id": wallet_id}).get("Item")
    if wallet is None or wallet["cents"] < cents:
        raise HTTPException(402)
    try:
        wallets.update_item(
            Key={"id": wallet_id},
            UpdateExpression="SET cents = cents - :n",
            ConditionExpression=Attr("cents").gte(cents),
            ExpressionAttributeValues={":n": cents},
        )
    except dynamo.meta.client.exceptions.ConditionalCheckFailedException:
        raise HTTPException(402) from None


@app.post("/pages/{page_id}/views")
def view(page_id: str):
    pages.update_item(Key={"id": page_id}, UpdateExpression="ADD views :one", ExpressionAttributeValues={":one": 1})


@app.put("/notes/{note_id}")
def edit(note_id: str, text: str):
    if "Item" not in notes.get_item(Key={"id": note_id}):
        raise HTTPException(404)
    notes.update_item(Key={"id": note_id}, UpdateExpression="SET body = :t", ExpressionAttributeValues={":t": text})


@app.delete("/notes/{note_id}")
def remove(note_id: str):
    notes.delete_item(Key={"id": note_id})
