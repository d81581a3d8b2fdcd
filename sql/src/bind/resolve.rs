//! Which overload of a function or operator is meant.
//!
//! Source: PostgreSQL 15 manual, sections 10.2 and 10.3. Where the rules leave several, the call is
//! refused.

use super::{
    Binder, Bound, codes,
    coerce::{implicit, preferred},
    lambda, shape,
};
use crate::{
    dialects::{self, ArgType, Returns, Signature},
    tree::{Call, Expr, ExprKind},
    types::Type,
};

/// Something that a call can mean.
pub(super) trait Overload {
    /// The kind of argument wanted at `index`.
    fn wanted(&self, index: usize) -> Option<&ArgType>;
    /// Can it be called with so many arguments?
    fn takes(&self, count: usize) -> bool;
    /// Does its last argument repeat?
    fn repeats(&self) -> bool;
    /// Does it rather take a whole number for a longer one than for a float, which PostgreSQL
    /// prefers?
    fn widens(&self) -> bool;
}

impl Overload for Signature {
    fn wanted(&self, index: usize) -> Option<&ArgType> {
        self.arg(index)
    }

    fn takes(&self, count: usize) -> bool {
        Self::takes(self, count)
    }

    fn repeats(&self) -> bool {
        self.variadic
    }

    fn widens(&self) -> bool {
        false
    }
}

impl Binder<'_> {
    /// Applies the core function or operator `name` to bound arguments.
    pub(super) fn resolve(&self, name: &str, args: Vec<Expr>, span: super::Span) -> Bound<Expr> {
        self.minds_no_letters(name, &args, span)?;
        let types: Vec<Type> = args.iter().map(|e| e.ty.clone().core()).collect();
        let inner = !self.lowering.is_empty()
            || name.starts_with("fold_")
            || name == "one_text"
            || name == "cut_text"
            || name == "left_open"
            || name.starts_with("fit");
        let extension = || dialects::extension().get(name).filter(|_| inner);
        let Some(overloads) = self.core.get(name).or_else(extension) else {
            return self.refuse(
                codes::UNKNOWN_FUNCTION,
                format!("function `{name}` is not known"),
                span,
            );
        };
        let overloads: Vec<&Signature> = overloads.iter().collect();
        let Some(signature) = choose(&overloads, &types) else {
            self.known(&args)?;
            let shown: Vec<String> = types.iter().map(ToString::to_string).collect();
            return self.refuse(
                codes::UNKNOWN_FUNCTION,
                format!("`{name}` is not known for ({})", shown.join(", ")),
                span,
            );
        };
        if !["count", "is null", "is not null"].contains(&name) {
            self.known(&args)?;
        }
        let mut coerced = Vec::with_capacity(args.len());
        // The arrays tell the element type of the others, and of one another.
        let elements: Vec<&Type> = (signature.args.iter().zip(&types))
            .filter(|(arg, _)| **arg == ArgType::AnyArray)
            .filter_map(|(_, ty)| ty.element())
            .collect();
        let element = match elements.split_first() {
            Some((first, others)) if others.iter().all(|other| other == first) => {
                Some((*first).clone())
            }
            Some(_) => Some(self.common_type(elements, span)?),
            None => None,
        };
        for (index, arg) in args.into_iter().enumerate() {
            coerced.push(match (signature.arg(index), &element) {
                (Some(ArgType::Is(wanted)), _) => self.coerce(arg, wanted)?,
                (Some(ArgType::AnyElement), Some(element)) => self.coerce(arg, element)?,
                (Some(ArgType::AnyArray), Some(Type::Unknown)) => {
                    self.coerce(arg, &Type::Array(Box::new(Type::Text)))?
                }
                (Some(ArgType::AnyArray), Some(element)) if arg.ty.element() != Some(element) => {
                    self.coerce(arg, &Type::Array(Box::new(element.clone())))?
                }
                _ if arg.ty == Type::Unknown => self.coerce(arg, &Type::Text)?,
                _ => arg,
            });
        }
        let types: Vec<Type> = coerced.iter().map(|e| e.ty.clone()).collect();
        let ty = self.result_type(signature, &types, &coerced, span)?;
        if let Some(constant) = super::product::product(signature.name, &coerced) {
            return Ok(Expr { kind: constant, ty, span });
        }
        let call = Call::new(signature.name, signature.kind, coerced);
        Ok(Expr { kind: ExprKind::Call(Box::new(call)), ty, span })
    }

    fn result_type(
        &self,
        signature: &Signature,
        types: &[Type],
        args: &[Expr],
        span: super::Span,
    ) -> Bound<Type> {
        let at = |index: &usize| types.get(*index).cloned();
        let ty = match &signature.returns {
            Returns::Is(Type::Numeric(_)) => {
                let digits = args.last().filter(|_| args.len() > 1).and_then(Expr::integer);
                Some(shape::of_call(signature.name, types, digits))
            }
            Returns::Is(ty) => Some(ty.clone()),
            Returns::SameAs(index) => at(index),
            Returns::ArrayOf(index) => at(index).map(|ty| Type::Array(Box::new(ty))),
            Returns::ElementOf(index) => at(index).and_then(|ty| ty.element().cloned()),
        };
        match ty {
            Some(Type::Array(element)) if matches!(*element, Type::Array(_) | Type::Unknown) => {
                self.refuse(codes::TYPES, "an array of arrays is not supported", span)
            }
            Some(ty) => Ok(ty),
            None => self.refuse(codes::TYPES, "the type of this call is not known", span),
        }
    }
}

/// The overload that arguments of these types mean, if the rules leave exactly one.
pub(super) fn choose<'s, O: Overload>(overloads: &[&'s O], types: &[Type]) -> Option<&'s O> {
    let viable: Vec<&O> = overloads
        .iter()
        .copied()
        .filter(|s| {
            s.takes(types.len()) && types.iter().enumerate().all(|(i, t)| accepts(*s, i, t))
        })
        .collect();
    if let [only] = viable.as_slice() {
        return Some(only);
    }
    // An unknown operand of a binary operator is assumed to be of the other's type.
    if let [a, b] = types {
        let assumed = match (a, b) {
            (Type::Unknown, known) | (known, Type::Unknown) => Some(known.clone()),
            _ => None,
        };
        if let Some(known) = assumed {
            let both = [known.clone(), known];
            let exact = |count: fn(&O, &[Type]) -> usize| {
                viable.iter().find(|s| count(s, &both) == 2).copied()
            };
            if let Some(exact) = exact(own_count).or_else(|| exact(exact_count)) {
                return Some(exact);
            }
        }
    }
    // Most calls are of just the types of one.
    let mut own = viable.iter().filter(|s| own_count(**s, types) == types.len());
    if let (Some(only), None) = (own.next(), own.next()) {
        return Some(only);
    }
    let viable = best(viable, |s| exact_count(s, types));
    let viable = best(viable, |s| own_count(s, types));
    if let [only] = viable.as_slice() {
        return Some(only);
    }
    // An unsigned integer is more than a number of that shape.
    let unsigned = |wanted: &ArgType, _: &Type| *wanted == ArgType::Unsigned;
    let viable = best(viable, |s| count(s, types, unsigned));
    if let [only] = viable.as_slice() {
        return Some(only);
    }
    let viable = best(viable, |s| nearness(s, types));
    if let [only] = viable.as_slice() {
        return Some(only);
    }
    let viable = best(viable, |s| preferred_count(s, types));
    if let [only] = viable.as_slice() {
        return Some(only);
    }
    // Unknown literals are text where text is possible.
    let viable = best(viable, |s| text_count(s, types));
    // Without arguments that repeat rather than with none of them.
    let viable = best(viable, |s| usize::from(!s.repeats()));
    match viable.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// Can `signature` take a value of type `ty` at `index`?
pub(super) fn accepts<O: Overload>(signature: &O, index: usize, ty: &Type) -> bool {
    if let Some(ArgType::Lambda(params)) = signature.wanted(index) {
        return lambda::is_lambda_of(ty, *params);
    }
    if lambda::is_lambda(ty) {
        return false;
    }
    match signature.wanted(index) {
        Some(ArgType::Is(wanted)) => implicit(ty, wanted),
        Some(ArgType::Moment) => implicit(ty, &Type::Timestamp),
        Some(ArgType::Any | ArgType::Word(_) | ArgType::Format | ArgType::Step) => true,
        Some(ArgType::Constant) => *ty == Type::Unknown,
        Some(ArgType::Unsigned) => *ty == Type::UNSIGNED,
        Some(
            ArgType::Ascii
            | ArgType::Regex(..)
            | ArgType::Path(_)
            | ArgType::Replacement
            | ArgType::Zone,
        ) => *ty == Type::Unknown || ty.is_text(),
        Some(ArgType::AnyArray) => ty.element().is_some() || *ty == Type::Unknown,
        Some(ArgType::AnyElement) => ty.element().is_none(),
        Some(ArgType::Lambda(_)) | None => false,
    }
}

fn best<O: Overload>(viable: Vec<&O>, score: impl Fn(&O) -> usize) -> Vec<&O> {
    let top = viable.iter().map(|s| score(s)).max().unwrap_or(0);
    viable.into_iter().filter(|s| score(s) == top).collect()
}

fn count<O: Overload>(
    signature: &O,
    types: &[Type],
    test: impl Fn(&ArgType, &Type) -> bool,
) -> usize {
    types
        .iter()
        .enumerate()
        .filter(|(i, ty)| signature.wanted(*i).is_some_and(|wanted| test(wanted, ty)))
        .count()
}

fn exact_count<O: Overload>(signature: &O, types: &[Type]) -> usize {
    same_count(signature, types, Type::is_same_core)
}

/// The same, where types that the binder alone tells apart are not one.
fn own_count<O: Overload>(signature: &O, types: &[Type]) -> usize {
    same_count(signature, types, Type::is_same_base)
}

fn same_count<O: Overload>(
    signature: &O,
    types: &[Type],
    same: impl Fn(&Type, &Type) -> bool,
) -> usize {
    count(signature, types, |wanted, ty| match wanted {
        // Varchar is binary compatible with text, so it counts as text.
        ArgType::Is(wanted) => same(wanted, ty) || (ty.is_text() && wanted.is_text()),
        ArgType::Moment => same(&Type::Timestamp, ty),
        ArgType::AnyArray => ty.element().is_some(),
        ArgType::Constant => *ty == Type::Unknown,
        ArgType::Unsigned => *ty == Type::UNSIGNED,
        _ => false,
    })
}

/// How near whole numbers stay to what they are.
fn nearness<O: Overload>(signature: &O, types: &[Type]) -> usize {
    if !signature.widens() {
        return 0;
    }
    let bits = |ty: &Type| match ty {
        Type::Int2 => Some(16),
        Type::Int4 => Some(32),
        Type::Int8 => Some(64),
        _ => None,
    };
    let near = |(index, ty): (usize, &Type)| match signature.wanted(index) {
        Some(ArgType::Is(wanted)) => bits(ty).and(bits(wanted)).map_or(0, |bits| 128 - bits),
        _ => 0,
    };
    types.iter().enumerate().map(near).sum()
}

fn preferred_count<O: Overload>(signature: &O, types: &[Type]) -> usize {
    count(signature, types, |wanted, ty| match wanted {
        ArgType::Is(wanted) => wanted.is_same_base(ty) || preferred(wanted),
        _ => false,
    })
}

fn text_count<O: Overload>(signature: &O, types: &[Type]) -> usize {
    count(signature, types, |wanted, ty| {
        *ty == Type::Unknown && matches!(wanted, ArgType::Is(w) if w.is_text())
    })
}
