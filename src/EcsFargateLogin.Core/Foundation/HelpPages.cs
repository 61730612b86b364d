namespace EcsFargateLogin.Foundation;

/// <summary>Where the module's help can be read on the web.</summary>
internal static class HelpPages
{
    /// <summary>The folder that holds one page a cmdlet, and the about topics.</summary>
    internal const string Folder = "https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/module/help/";

    /// <summary>The heading about an error. GitHub writes its anchors in lower case.</summary>
    internal static string Of(FargateError error) =>
        $"{Folder}about_EcsFargateLogin_Troubleshooting.md#{error.ToString().ToLowerInvariant()}";
}
