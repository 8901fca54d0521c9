package workspace

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"testing/fstest"
)

// What a zip unfolds to is bounded, for each entry and for all of them together, however
// small it is, and so is the number of its entries. The limits are written down here once more.
func TestZipUnfoldsToNoMoreThanItsLimits(t *testing.T) {
	for want, data := range map[string][]byte{
		"a zip with 2001 entries; at most 2000 are read": zipOf(t, 2001, 0),
		"the entry unpacks to more than 20 MB":           zipOf(t, 1, 20<<20+1),
		"the zip unpacks to more than 100 MB":            zipOf(t, 6, 20<<20),
	} {
		if len(data) > 1<<20 {
			t.Errorf("%s: the zip itself has %d bytes", want, len(data))
		}
		ws, problems := LoadFS(fstest.MapFS{ConfigFile: {Data: []byte("workflows: [{ file: flows.zip }]\n")}, "flows.zip": {Data: data}})
		if n := strings.Count(problems.Error(), want); ws != nil || n != 1 {
			t.Errorf("%q is said %d times:\n%v", want, n, problems)
		}
	}
}

// zipOf has so many flows, each of a text of that size, which is packed once for all of them.
func zipOf(t *testing.T, flows, size int) []byte {
	t.Helper()
	text := bytes.Repeat([]byte("x"), size)
	header := zip.FileHeader{Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(text), UncompressedSize64: uint64(size)}
	var packed, all bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deflate.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := deflate.Close(); err != nil {
		t.Fatal(err)
	}
	header.CompressedSize64 = uint64(packed.Len())
	z := zip.NewWriter(&all)
	for i := range flows {
		entry := header
		entry.Name = fmt.Sprintf("Workflows/a-00000000-0000-0000-0000-%012d.json", i)
		w, err := z.CreateRaw(&entry)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}
