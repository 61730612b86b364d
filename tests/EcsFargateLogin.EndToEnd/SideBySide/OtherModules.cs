using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.SideBySide;

/// <summary>The AWS SDKs that meet in one PowerShell; those of others as tests/AwsToolsLookalike lays them out.</summary>
internal static class OtherModules
{
    private static readonly string s_repository = Path.GetDirectoryName(Checkout.Manifest)!;
    private static readonly string s_folder = Path.Combine(s_repository, "tests", "AwsToolsLookalike", "bin");

    /// <summary>The manifest of a module that imitates AWS.Tools.Common, with an SDK 4 of another version.</summary>
    public static string AwsTools { get; } = Path.Combine(s_folder, "AWS.Tools.Common", "AWS.Tools.Common.psd1");

    /// <summary>The AWSSDK.Core of that module.</summary>
    public static string Sdk4 { get; } = Path.Combine(s_folder, "AWS.Tools.Common", "AWSSDK.Core.dll");

    /// <summary>The AWSSDK.Core of AWS Tools 4, with another assembly version too.</summary>
    public static string Sdk3 { get; } = Path.Combine(s_folder, "sdk-3", "AWSSDK.Core.dll");

    /// <summary>The AWSSDK.Core of this module.</summary>
    public static string Ours { get; } = Path.Combine(s_repository, "module", "bin", "lib", "AWSSDK.Core.dll");
}
