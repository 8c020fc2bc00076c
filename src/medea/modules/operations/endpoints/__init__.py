"""Operating over HTTP. To all but operators none of this is there."""
