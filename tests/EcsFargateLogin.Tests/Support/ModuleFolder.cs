namespace EcsFargateLogin.Tests.Support;

/// <summary>The built module in the checkout that these tests were built from.</summary>
internal static class ModuleFolder
{
    internal static string Lib { get; } = Path.Combine(Root(), "module", "bin", "lib");

    /// <summary>AWSSDK.Core of version 3.</summary>
    internal static string Sdk3 { get; } =
        Path.Combine(Root(), "tests", "AwsToolsLookalike", "bin", "sdk-3", "AWSSDK.Core.dll");

    /// <summary>The checkout.</summary>
    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EcsFargateLogin.sln")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new DirectoryNotFoundException("No checkout around the tests.");
        }

        return folder;
    }
}
