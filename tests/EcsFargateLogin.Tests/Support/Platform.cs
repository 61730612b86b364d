// These tests read file modes and run scripts.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
