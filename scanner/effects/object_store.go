package effects

import "github.com/middlebrick/middlebrick/scanner/interleave"

// Object stores: S3 and what speaks like it, Google's blobs and Azure's. Most are recognised by how they are called, which is like nothing else.

var objectStores = Library{
	Classes: []Class{{"minio.Minio", "object store"}, {"minio.api.Minio", "object store"}, {"miniopy_async.Minio", "object store"}, {"gcloud.aio.storage.Storage", "bucket store"},
		{"elasticsearch.Elasticsearch", "search index"}, {"elasticsearch.AsyncElasticsearch", "search index"}, {"opensearchpy.OpenSearch", "search index"}, {"opensearchpy.AsyncOpenSearch", "search index"}},
	Methods: []Family{
		{"object store", []Named{{"get_object", minioCall}, {"stat_object", minioCall}, {"put_object", minioCall}}},
		{"bucket store", []Named{{"download", bucketCall}, {"download_metadata", bucketCall}, {"upload", bucketCall}}},
		{"search index", []Named{{"get", indexCall}, {"get_source", indexCall}, {"exists", indexCall}, {"index", indexCall}, {"create", indexCall}}},
	},
	Shape: objectStoreShape,
}

// minioCall models a client that is handed bucket and name first. What it puts is written over whatever stands there.
func minioCall(c *Call) *Value {
	bucket, name := c.Arg(0, "bucket_name"), c.Arg(1, "object_name")
	if bucket == nil || name == nil {
		return nil
	}
	key := Template(bucket) + "/" + Template(name)
	defer c.passes()
	if c.Name == "put_object" {
		return Opaque("put", Dep(replace(c, key, c.argDeps(), nil)))
	}
	return looksAtObject(c, key, c.Name == "stat_object")
}

// bucketCall models Google's asynchronous client, whose conditions are parameters of the query.
func bucketCall(c *Call) *Value {
	bucket, name := c.Arg(0, "bucket"), c.Arg(1, "object_name")
	if bucket == nil || name == nil {
		return nil
	}
	key := Template(bucket) + "/" + Template(name)
	defer c.passes()
	if c.Name != "upload" {
		return looksAtObject(c, key, false)
	}
	return Opaque("put", Dep(replace(c, key, c.argDeps(), comparedIn(c.Keyword("parameters")))))
}

// indexCall models a search engine that keeps documents by index and number. What it is told to index is written over whatever has that
// number, unless it is told the sequence number that was read, or only to create it.
func indexCall(c *Call) *Value {
	index, id := c.Keyword("index"), c.Keyword("id")
	if index == nil || id == nil {
		return nil
	}
	key := Template(index) + "/" + Template(id)
	defer c.passes()
	switch kind, _ := c.Keyword("op_type").Str(); {
	case c.Name == "create" || c.Name == "index" && kind == "create":
		return placeNew(c, key)
	case c.Name == "index":
		return Opaque("put", Dep(replace(c, key, c.argDeps(), c.Keyword("if_seq_no"))))
	}
	return looksAtObject(c, key, c.Name == "exists")
}

// looksAtObject reads an object, or asks only whether it is there; either is refused where it is not.
func looksAtObject(c *Call, key string, presence bool) *Value {
	i := c.network(Document, key, nil)
	if i >= 0 {
		c.Ops[i].Raises = true
		if presence {
			c.Ops[i].Res.Aggregate = interleave.Exists
		}
	}
	return result("object("+key+")", i)
}

func objectStoreShape(c *Call) *Value {
	switch c.Name {
	case "get_object", "head_object", "put_object", "delete_object", "copy_object", "upload_fileobj", "upload_file", "download_fileobj":
		if key := objectKey(c); key != "" {
			if file := c.Arg(0, "Filename"); c.Name == "upload_file" && file != nil {
				readBy(c, file, Handed)
			}
			v := objectCall(c, key)
			c.passes()
			return v
		}
	case "download_as_text", "download_as_bytes", "download_as_string", "upload_from_string":
		if c.Recv != nil && c.Recv.Sym != "" {
			v := blobCall(c, c.Recv.Sym)
			c.passes()
			return v
		}
	case "get_blob_client", "get_container_client":
		if key := azureKey(c, c.Args); c.Recv != nil && len(c.Args)+len(c.Kw) > 0 {
			return Opaque(key, c.Deps())
		}
	case "download_blob", "get_blob_properties", "upload_blob":
		if c.Recv != nil && c.Recv.Sym != "" {
			v := azureCall(c)
			c.passes()
			return v
		}
	}
	return nil
}

// objectKey is the bucket and key of a call, "" when they are not told.
func objectKey(c *Call) string {
	bucket, key := c.Keyword("Bucket"), c.Keyword("Key")
	if len(c.Name) > 7 && c.Name[:7] == "upload_" {
		bucket, key = c.Arg(1, "Bucket"), c.Arg(2, "Key")
	}
	if bucket == nil || key == nil {
		return ""
	}
	return Template(bucket) + "/" + Template(key)
}

func objectCall(c *Call, key string) *Value {
	switch c.Name {
	case "get_object", "head_object", "download_fileobj":
		return looksAtObject(c, key, c.Name == "head_object")
	case "delete_object":
		return None
	}
	if none := c.Keyword("IfNoneMatch"); none != nil {
		return placeNew(c, key)
	}
	body := c.sent()
	if len(c.Args) > 0 {
		body = body.With(c.Args[0].AllDeps())
	}
	return Opaque("put", Dep(replace(c, key, body, c.Keyword("IfMatch"))))
}

// placeNew writes a document where none is, and is refused where there is one.
func placeNew(c *Call, key string) *Value {
	op := interleave.Op{Kind: interleave.Insert, Unique: [][]string{{"path"}}, Set: []interleave.Assignment{{Column: "path", Value: key}}}
	op.Res = interleave.Resource{Store: interleave.Remote, Name: Document, Key: key}
	return Opaque("put", Dep(c.Emit(Op{Op: op, Target: key})))
}

// azureKey is the name of a blob or container: that of the client, and what a call names below it.
func azureKey(c *Call, below []*Value) string {
	key := c.Recv.Sym
	for _, v := range below {
		key += "/" + Template(v)
	}
	for _, name := range [...]string{"container", "name", "blob"} {
		if v := c.Keyword(name); v != nil {
			key += "/" + Template(v)
		}
	}
	return key
}

// azureCall models a blob by itself, upload_blob(data), and by its container, upload_blob(name, data). It is only written over where that
// is asked for, and only as the tag or the lease allows it.
func azureCall(c *Call) *Value {
	if c.Name != "upload_blob" {
		return looksAtObject(c, azureKey(c, c.Args), c.Name == "get_blob_properties")
	}
	key := azureKey(c, c.Args[:max(0, min(1, len(c.Args)-1))])
	condition := c.Keyword("etag")
	if condition == nil {
		condition = c.Keyword("lease")
	}
	if condition == nil && !c.True("overwrite") {
		return placeNew(c, key)
	}
	return Opaque("put", Dep(replace(c, key, c.argDeps(), condition)))
}

func blobCall(c *Call, key string) *Value {
	if c.Name != "upload_from_string" {
		return result("blob("+key+")", c.network(Document, key, nil))
	}
	return Opaque("put", Dep(replace(c, key, c.argDeps(), c.Keyword("if_generation_match"))))
}
