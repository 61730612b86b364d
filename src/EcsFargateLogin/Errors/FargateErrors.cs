namespace EcsFargateLogin;

/// <summary>The one place where errors get their words. One file a topic: this class is partial.</summary>
internal static partial class FargateErrors
{
}
