"""head, then put; get, change, put; and the conditions that make them one."""
import json

import boto3
from botocore.exceptions import ClientError
from fastapi import FastAPI, HTTPException

s3 = boto3.client("s3", region_name="eu-central-1")
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
