using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ScsiActors.Tests.Architecture;

/// <summary>What a type mentions: in its signatures, its attributes and the bodies of its methods, together with the types nested in it
/// (among them what the compiler makes of lambdas, iterators and async methods).</summary>
public static class Dependencies
{
    /// <summary>A type, and the method, if any, that <paramref name="User"/> mentions.</summary>
    public readonly record struct Mention(string User, TypeReference Type, string? Member);

    /// <summary>Everything that <paramref name="type"/> mentions; once for each place.</summary>
    public static IEnumerable<Mention> Of(TypeDefinition type)
    {
        foreach (var reference in Signature(type).SelectMany(Parts))
            yield return new Mention(type.FullName, reference, null);
        foreach (var method in type.Methods)
        {
            foreach (var mention in OfMethod(method))
                yield return mention;
        }
        foreach (var nested in type.NestedTypes.SelectMany(Of))
            yield return nested;
    }

    private static IEnumerable<TypeReference> Signature(TypeDefinition type)
    {
        if (type.BaseType is not null)
            yield return type.BaseType;
        foreach (var implemented in type.Interfaces)
            yield return implemented.InterfaceType;
        foreach (var attribute in type.CustomAttributes)
            yield return attribute.AttributeType;
        foreach (var field in type.Fields)
            yield return field.FieldType;
        foreach (var parameter in type.GenericParameters.SelectMany(static parameter => parameter.Constraints))
            yield return parameter.ConstraintType;
    }

    private static IEnumerable<Mention> OfMethod(MethodDefinition method)
    {
        var user = $"{method.DeclaringType.FullName}.{method.Name}";
        foreach (var reference in method.Parameters.Select(static parameter => parameter.ParameterType).Append(method.ReturnType)
            .SelectMany(Parts))
            yield return new Mention(user, reference, null);
        foreach (var attribute in method.CustomAttributes)
            yield return new Mention(user, attribute.AttributeType, null);
        if (!method.HasBody)
            yield break;
        foreach (var reference in method.Body.Variables.Select(static variable => variable.VariableType).SelectMany(Parts))
            yield return new Mention(user, reference, null);
        foreach (var instruction in method.Body.Instructions)
        {
            foreach (var mention in OfOperand(user, instruction))
                yield return mention;
        }
    }

    private static IEnumerable<Mention> OfOperand(string user, Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case TypeReference type:
                return Parts(type).Select(part => new Mention(user, part, null));
            case MethodReference called:
                var arguments = called is GenericInstanceMethod generic ? generic.GenericArguments.SelectMany(Parts) : [];
                return Parts(called.DeclaringType).Select(part => new Mention(user, part, called.Name))
                    .Concat(arguments.Concat(Parts(called.ReturnType)).Select(part => new Mention(user, part, null)));
            case FieldReference field:
                return Parts(field.DeclaringType).Select(part => new Mention(user, part, field.Name))
                    .Concat(Parts(field.FieldType).Select(part => new Mention(user, part, null)));
            default:
                return [];
        }
    }

    // Arrays, references and generic instances, taken apart.
    private static IEnumerable<TypeReference> Parts(TypeReference type)
    {
        switch (type)
        {
            case GenericParameter:
                yield break;
            case GenericInstanceType generic:
                yield return generic.ElementType;
                foreach (var part in generic.GenericArguments.SelectMany(Parts))
                    yield return part;
                break;
            case TypeSpecification specification:
                foreach (var part in Parts(specification.ElementType))
                    yield return part;
                break;
            default:
                yield return type;
                break;
        }
    }
}
