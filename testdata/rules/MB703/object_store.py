"""head, then put; get, change, put; and the conditions that make them one."""
import json

import boto3
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException

s3 = boto3.client("s3", region_name="eu-central-1")
blobs = BlobServiceClient.from_connection_string("UseDevelopmentStorage=true")
app = FastAPI()


@app.put("/reports/{name}")
def publish(name: str, text: str):
    try:
        s3.head_object(Bucket="reports", Key=name)  # step MB703 read
        raise HTTPException(409)
    except ClientError:
        pass
    s3.put_object(Bucket="reports", Key=name, Body=text)  # want MB703 "reports"


@app.put("/v2/reports/{name}")
def publish_new(name: str, text: str):
    try:
        s3.put_object(Bucket="reports", Key=name, Body=text, IfNoneMatch="*")
    except ClientError:
        raise HTTPException(409) from None


@app.post("/settings/{name}")
def set_setting(name: str, value: str):
    found = s3.get_object(Bucket="config", Key="settings.json")  # step MB703 read
    settings = json.loads(found["Body"].read())
    settings[name] = value
    s3.put_object(Bucket="config", Key="settings.json", Body=json.dumps(settings))  # want MB703 "settings"


@app.post("/v2/settings/{name}")
def set_setting_matching(name: str, value: str):
    found = s3.get_object(Bucket="config", Key="settings.json")
    settings = json.loads(found["Body"].read())
    settings[name] = value
    try:
        s3.put_object(Bucket="config", Key="settings.json", Body=json.dumps(settings), IfMatch=found["ETag"])
    except ClientError:
        raise HTTPException(409) from None


@app.post("/rosters/{team}")
def add_to_roster(team: str, name: str):
    blob = blobs.get_blob_client(container="rosters", blob=f"{team}.json")
    roster = json.loads(blob.download_blob().readall())  # step MB703 read
    roster.append(name)
    blob.upload_blob(json.dumps(roster), overwrite=True)  # want MB703 "rosters"


@app.post("/v2/rosters/{team}")
def add_to_roster_matching(team: str, name: str):
    blob = blobs.get_blob_client(container="rosters", blob=f"{team}.json")
    found = blob.download_blob()
    roster = json.loads(found.readall())
    roster.append(name)
    try:
        blob.upload_blob(
            json.dumps(roster), overwrite=True, etag=found.properties.etag, match_condition=MatchConditions.IfNotModified
        )
    except ResourceModifiedError:
        raise HTTPException(409) from None


plans = blobs.get_container_client("plans")


@app.put("/plans/{name}")
def store_plan(name: str, text: str):
    try:
        plans.get_blob_client(name).get_blob_properties()  # step MB703 read
        raise HTTPException(409)
    except ResourceNotFoundError:
        pass
    plans.upload_blob(name, text, overwrite=True)  # want MB703 "plans"


@app.put("/v2/plans/{name}")
def store_new_plan(name: str, text: str):
    try:
        plans.upload_blob(name, text)
    except ResourceExistsError:
        raise HTTPException(409) from None
