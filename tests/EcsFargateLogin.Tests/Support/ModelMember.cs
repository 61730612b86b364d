namespace EcsFargateLogin.Tests.Support;

/// <summary>A member of a structure, or a list's items.</summary>
internal sealed record ModelMember(string LocationName, ModelShape Shape);
