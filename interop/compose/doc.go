// Package compose holds the compose files to the compose specification, by its own
// JSON schema and reference loader, and runs examples/compose as it is written, with
// a process in the place of each container: there need be no container engine.
//
// What a process cannot show (a read-only root, the image's user, its entrypoint) is
// shown by .ci/image.
package compose
