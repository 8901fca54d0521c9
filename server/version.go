package server

import (
	"slices"
	"strings"
)

// logicVersions are the api-versions of *.logic.azure.com, in the order in which
// the service lists them (observed).
var logicVersions = []string{
	"2015-02-01-preview", "2015-08-01-preview", "2016-06-01", "2016-10-01", "2017-07-01", "2018-03-01-preview",
	"2018-07-01-preview", "2019-05-01", "2019-06-01-preview", "2022-09-01-preview", "2023-11-14-preview",
	"2024-06-01-preview", "2024-04-01-preview", "2025-06-01-preview",
}

// flowVersions are those of environment.api.powerplatform.com.
var flowVersions = []string{"1"}

// Versions of the URLs that this emulator hands out, one for each shape.
const (
	logicVersion = "2016-10-01"
	flowVersion  = "1"

	listedOnly = "2015-02-01-preview" // in the list, but refused
	schemeOnly = "2015-08-01-preview" // words its demand for credentials in its own way
)

// checkVersion is answered before the workflow is even looked up (observed).
func (c *call) checkVersion() *verdict {
	version, listed, usual := c.query.Get("api-version"), c.shape.versions(), c.shape.version()
	switch {
	case version == "":
		detail, fix := c.orAmpersand("the URL has no api-version; add ?api-version="+usual, "add ?api-version="+usual+" to the URL")
		return refuse(&refusedNoAPIVersion, ReasonAPIVersion, detail).advise("%s", fix)
	case !slices.Contains(listed, version):
		detail, fix := c.orAmpersand("this URL's shape takes another api-version; use "+usual, "write api-version="+usual+" in the URL")
		return refuse(&refusedUnknownAPIVersion, ReasonAPIVersion, detail, "{v}", version, "{versions}", strings.Join(listed, ",")).advise("%s", fix)
	case version == listedOnly:
		return refuse(&refusedUnsupportedAPIVersion, ReasonAPIVersion, "api-version 2015-02-01-preview is listed but not served; use "+usual).
			advise("write api-version=%s in the URL", usual)
	}
	return nil
}

// APIVersions returns the api-versions that the service lists for a trigger's path,
// by its shape, and the one that this emulator's own URLs of that shape have.
func APIVersions(path string) (listed []string, usual string) {
	kind := shapeOfPath(path)
	return slices.Clone(kind.versions()), kind.version()
}
