package workflow

import (
	"bytes"
)

// blockSize is how many bytes a lookup may have to count through.
const blockSize = 1024

// offsets turns byte offsets of a text into lines and columns. A document with
// one endless line and a problem in every value is looked up as quickly as any.
type offsets struct {
	text   []byte
	blocks []block
}

// block is what comes before a block of the text.
type block struct {
	lines, characters int
	lineStart         int // of the line that the block begins in
}

func newOffsets(text []byte) *offsets {
	o := &offsets{text: text}
	var at block
	for start := 0; start <= len(text); start += blockSize {
		o.blocks = append(o.blocks, at)
		at = at.after(text[start:min(start+blockSize, len(text))], start)
	}
	return o
}

// after is the block that follows a part of the text that begins at start.
func (b block) after(part []byte, start int) block {
	b.lines += bytes.Count(part, []byte("\n"))
	b.characters += characters(part)
	if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
		b.lineStart = start + i + 1
	}
	return b
}

// characters counts the characters that begin in a part of a text, which may
// itself begin within one.
func characters(part []byte) int {
	n := 0
	for _, c := range part {
		if c&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// position returns the line and the column of a byte offset, both from 1, the
// column in characters. A byte order mark is no character of the first line.
func (o *offsets) position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(o.text))
	here := o.before(offset)
	column = here.characters - o.before(here.lineStart).characters
	if here.lineStart == 0 && offset > 0 && bytes.HasPrefix(o.text, []byte("\ufeff")) {
		column--
	}
	return 1 + here.lines, 1 + column
}

func (o *offsets) before(offset int) block {
	i := offset / blockSize
	return o.blocks[i].after(o.text[i*blockSize:offset], i*blockSize)
}
